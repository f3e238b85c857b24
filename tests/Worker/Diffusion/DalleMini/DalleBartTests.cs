using RenderFarm.Diffusion.DalleMini;
using RenderFarm.Diffusion.Layers;
using RenderFarm.Diffusion.Weights;
using TorchSharp;
using Xunit;
using static TorchSharp.torch;

namespace RenderFarm.Diffusion.Tests.DalleMini;

public sealed class DalleBartTests : IDisposable
{
    private readonly DisposeScope _scope = NewDisposeScope();

    public void Dispose() => _scope.Dispose();

    [Fact]
    public void Encode_RecordedPrompts_GivesTheRecordedStates()
    {
        using var network = DalleReference.Transformer();
        using var golden = DalleReference.Golden();
        using var inference = inference_mode();
        var (ids, mask) = DalleReference.Tokens(DalleReference.Prompts);

        var states = network.Encode(ids, mask); // [4, L, D]

        TensorAssert.Close(golden.Read("encoder.unconditioned"), states.narrow(0, 0, 2), DalleReference.Tolerance);
        TensorAssert.Close(golden.Read("encoder.conditioned"), states.narrow(0, 2, 2), DalleReference.Tolerance);
    }

    [Fact]
    public void Forward_RecordedTokensOneByOne_GivesTheRecordedLogits()
    {
        using var network = DalleReference.Transformer();
        using var golden = DalleReference.Golden();
        using var inference = inference_mode();
        var (ids, mask) = DalleReference.Tokens(DalleReference.Prompts);
        var tokens = golden.Read("decoder.tokens").to(ScalarType.Int64).repeat(2, 1); // [4, T]
        using var memory = network.Begin(ids, mask);

        var logits = stack([.. Enumerable.Range(0, (int)tokens.shape[1]).Select(position => network.forward(tokens.select(1, position), memory))], 1); // [4, T, V]

        TensorAssert.Close(golden.Read("decoder.logits.unconditioned"), logits.narrow(0, 0, 2), DalleReference.Tolerance);
        TensorAssert.Close(golden.Read("decoder.logits.conditioned"), logits.narrow(0, 2, 2), DalleReference.Tolerance);
    }

    [Fact]
    public void Forward_ManyTokens_LeavesOnlyItsResults()
    {
        using var network = DalleReference.Transformer();
        using var inference = inference_mode();
        var (ids, mask) = DalleReference.Tokens(DalleReference.Prompts);
        var token = tensor(new long[] { 64, 64, 64, 64 });

        Assert.Equal(0, Leaks.Of(() =>
        {
            using var memory = network.Begin(ids, mask);
            for (var step = 0; step < 3; step++) network.forward(token, memory).Dispose();
        }));
    }

    /// <summary>Counts by hand from the sizes.</summary>
    [Theory]
    [InlineData("mini", 437_833_712)]
    [InlineData("mega", 2_587_521_024)]
    public void Constructor_FullSizeOnMeta_HasThePublishedSize(string name, long parameters)
    {
        using var network = new DalleBart(DalleMiniFolder.Read(DalleReference.FullSize(name)).Transformer, Placement.Meta);

        Assert.Equal(parameters, network.parameters().Sum(parameter => parameter.numel()));
    }

    [Fact]
    public void Build_LayersInMapsOfTheirOwnAndNormsWithScale_ComputesTheSame()
    {
        using var folder = new TemporaryFolder();
        using var network = DalleReference.Transformer();
        using var inference = inference_mode();
        var (ids, mask) = DalleReference.Tokens(DalleReference.Prompts);
        var arrays = network.state_dict().Select(pair => Unscanned(pair.Key, pair.Value))
            .Concat(network.state_dict().Where(pair => pair.Key.EndsWith(".bias", StringComparison.Ordinal) && !network.state_dict().ContainsKey(pair.Key.Replace(".bias", ".weight", StringComparison.Ordinal)))
                .Select(pair => Unscanned(pair.Key.Replace(".bias", ".weight", StringComparison.Ordinal), ones_like(pair.Value))));
        File.WriteAllBytes(folder["flax_model.msgpack"], Weights.FlaxBytes.Of([.. arrays]));
        using var weights = FlaxWeights.Open(folder["flax_model.msgpack"]);
        var config = (network.Config with { EncoderFfnDim = 7, DecoderFfnDim = 7 }).FittedTo(weights);

        using var same = WeightsLoader.Build(weights, place => new DalleBart(config, place), Placement.Cpu, DalleBart.Key);

        Assert.True(config.ForceLnScale);
        TensorAssert.Close(network.Encode(ids, mask), same.Encode(ids, mask), 1e-6);
    }

    /// <summary>A weight under the name and in the order that flax gives it without nn.scan.</summary>
    private static (string Name, long[] Shape, float[] Values) Unscanned(string key, Tensor value)
    {
        var isDense = key.StartsWith("lm_head", StringComparison.Ordinal) || key.Contains("_proj.", StringComparison.Ordinal) || key.Contains(".Dense_", StringComparison.Ordinal);
        var isTable = key.Contains(".embed_", StringComparison.Ordinal);
        var name = key.Replace(".weight", isDense ? ".kernel" : isTable ? ".embedding" : ".scale", StringComparison.Ordinal);
        name = name.StartsWith("lm_head", StringComparison.Ordinal) ? name : $"model.{name}";
        name = name.Replace("encoder.layers.", "encoder.layers.FlaxBartEncoderLayer_", StringComparison.Ordinal).Replace("decoder.layers.", "decoder.layers.FlaxBartDecoderLayer_", StringComparison.Ordinal);
        var stored = (isDense ? value.t() : value).contiguous();
        return (name.Replace('.', '/'), stored.shape, stored.data<float>().ToArray());
    }
}
