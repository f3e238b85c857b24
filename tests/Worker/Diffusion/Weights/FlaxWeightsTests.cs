using System.Security.Cryptography;
using RenderFarm.Diffusion.Layers;
using RenderFarm.Diffusion.Weights;
using TorchSharp;
using Xunit;
using static TorchSharp.torch;
using Linear = RenderFarm.Diffusion.Layers.Linear;

namespace RenderFarm.Diffusion.Tests.Weights;

public sealed class FlaxWeightsTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly DisposeScope _scope = NewDisposeScope();

    public void Dispose()
    {
        _scope.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public void ReadInto_DenseKernel_IsTransposed()
    {
        using var weights = Open(FlaxBytes.Of(("dense/kernel", [2, 3], [1, 2, 3, 4, 5, 6]), ("norm/scale", [2], [7, 8]), ("table/embedding", [1, 2], [9, 10])));

        Assert.Equal(["dense.weight", "norm.weight", "table.weight"], weights.Names);
        Assert.Equal([3, 2], weights.KindOf("dense.weight").Shape);
        TensorAssert.Equal(tensor(new float[,] { { 1, 4 }, { 2, 5 }, { 3, 6 } }), Read(weights, "dense.weight"));
        TensorAssert.Equal(tensor(new float[,] { { 9, 10 } }), Read(weights, "table.weight"));
    }

    [Fact]
    public void ReadInto_ConvolutionKernel_HasOutputAndInputFirst()
    {
        var values = Enumerable.Range(0, 2 * 3 * 4 * 5).Select(value => (float)value).ToArray();
        using var weights = Open(FlaxBytes.Of(("conv/kernel", [2, 3, 4, 5], values)));

        TensorAssert.Equal(tensor(values, [2, 3, 4, 5]).permute(3, 2, 0, 1), Read(weights, "conv.weight"));
    }

    [Fact]
    public void ReadInto_LayersInOneArrayOrInMapsOfTheirOwn_AreTheSame()
    {
        using var stacked = Open(FlaxBytes.Of(("layers/FlaxBartEncoderLayers/q/kernel", [2, 1, 2], [1, 2, 3, 4]), ("layers/FlaxBartEncoderLayers/q/bias", [2, 1], [5, 6])));
        using var single = Open(FlaxBytes.Of(
            ("layers/FlaxBartEncoderLayer_0/q/kernel", [1, 2], [1, 2]), ("layers/FlaxBartEncoderLayer_1/q/kernel", [1, 2], [3, 4]),
            ("layers/FlaxBartEncoderLayer_0/q/bias", [1], [5]), ("layers/FlaxBartEncoderLayer_1/q/bias", [1], [6])), "single.msgpack");

        Assert.Equal(["layers.0.q.bias", "layers.0.q.weight", "layers.1.q.bias", "layers.1.q.weight"], stacked.Names);
        Assert.Equal(stacked.Names, single.Names);
        foreach (var name in stacked.Names) TensorAssert.Equal(Read(single, name), Read(stacked, name));
        TensorAssert.Equal(tensor(new float[,] { { 3 }, { 4 } }), Read(stacked, "layers.1.q.weight"));
    }

    [Fact]
    public void ReadInto_ArrayInChunks_IsPutTogether()
    {
        var chunked = FlaxFileHostileTests.Chunked([3, 2, 1], FlaxBytes.Array("float32", [4], FlaxBytes.Floats(1, 2, 3, 4)), FlaxBytes.Array("float32", [2], FlaxBytes.Floats(5, 6)));
        using var weights = Open(FlaxBytes.Entry("layers", FlaxBytes.Entry("SomeLayers", FlaxBytes.Entry("kernel", chunked))));

        TensorAssert.Equal(tensor(new float[,] { { 3, 4 } }), Read(weights, "layers.1.weight"));
        TensorAssert.Equal(tensor(new float[,] { { 5, 6 } }), Read(weights, "layers.2.weight"));
    }

    [Theory]
    [InlineData("float16", ScalarType.Float16)]
    [InlineData("bfloat16", ScalarType.BFloat16)]
    public void ReadInto_HalfPrecision_IsConverted(string dtype, ScalarType expected)
    {
        var values = tensor(new float[] { 0.1f, -3 }).to(expected);
        using var weights = Open(FlaxBytes.Entry("bias", FlaxBytes.Array(dtype, [2], values.bytes.ToArray())));

        Assert.Equal(expected, weights.KindOf("bias").Dtype);
        TensorAssert.Equal(values.to(ScalarType.Float32), Read(weights, "bias"));
    }

    [Fact]
    public void Build_FittingWeights_LoadsAndHashesTheFile()
    {
        var bytes = FlaxBytes.Of(("bias", [3], [7, 8, 9]), ("kernel", [2, 3], [1, 2, 3, 4, 5, 6]));
        using var weights = Open(bytes);

        using var network = WeightsLoader.Build(weights, place => new Linear(2, 3, place), Placement.Cpu);

        TensorAssert.Equal(tensor(new float[,] { { 1, 4 }, { 2, 5 }, { 3, 6 } }), network.Weight);
        TensorAssert.Equal(tensor(new float[] { 7, 8, 9 }), network.Bias!);
        Assert.Equal(Convert.ToHexStringLower(SHA256.HashData(bytes)), weights.Sha256());
    }

    [Fact]
    public void Check_WeightsOfAnotherNetwork_NamesTheFirstDifferences()
    {
        using var weights = Open(FlaxBytes.Of(("kernel", [2, 4], new float[8]), ("extra", [1], [0])));
        using var network = new Linear(2, 3, Placement.Meta);

        var message = Assert.Throws<WeightsException>(() => WeightsLoader.Check(network, weights)).Message;

        Assert.Contains("1 missing (bias)", message, StringComparison.Ordinal);
        Assert.Contains("1 not expected (extra)", message, StringComparison.Ordinal);
        Assert.Contains("weight is [4, 2], expected [3, 2]", message, StringComparison.Ordinal);
    }

    [Fact]
    public void ReadInto_Anything_LeavesNothingBehind()
    {
        using var weights = Open(FlaxBytes.Of(("kernel", [2, 3], [1, 2, 3, 4, 5, 6])));
        var destination = empty([3, 2]);

        Assert.Equal(0, Leaks.Of(() => weights.ReadInto("weight", destination)));
    }

    private FlaxWeights Open(byte[] bytes, string name = "flax_model.msgpack")
    {
        File.WriteAllBytes(_folder[name], bytes);
        return FlaxWeights.Open(_folder[name]);
    }

    private static Tensor Read(FlaxWeights weights, string name)
    {
        var destination = empty(weights.KindOf(name).Shape);
        weights.ReadInto(name, destination);
        return destination;
    }
}
