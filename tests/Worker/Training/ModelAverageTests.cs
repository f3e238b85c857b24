using RenderFarm.Diffusion.Weights;
using RenderFarm.Testing;
using Xunit;
using static TorchSharp.torch;

namespace RenderFarm.Training.Tests;

public sealed class ModelAverageTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    [Theory]
    [InlineData("fusion", "base/fusion/model.safetensors")]
    [InlineData("base", "base/unet/diffusion_pytorch_model.safetensors")]
    [InlineData("upscaler-128", "upscaler-128/unet/diffusion_pytorch_model.safetensors")]
    public void Write_ThreeModels_LeavesTheSumOfTheirSharesInFloat16(string part, string file)
    {
        var (a, b, c) = (Model("a", file, 1, 1000), Model("b", file, 2, 2000), Model("c", file, 6, -4000));

        ModelAverage.Write(part, c, [(a, 0.5), (b, 0.25), (c, 0.25)]);

        using var mean = WeightsFolder.Open(Path.GetDirectoryName(Path.Combine(c, file))!);
        Assert.Equal((ScalarType.Float16, ScalarType.Float16), (mean.KindOf("norm.weight").Dtype, mean.KindOf("to_q.weight").Dtype));
        using var scope = NewDisposeScope();
        Assert.Equal([2.5f, 2.5f], mean.Read("norm.weight").to(ScalarType.Float32).data<float>().ToArray());
        Assert.Equal([0f, 0f, 0f, 0f], mean.Read("to_q.weight").to(ScalarType.Float32).data<float>().ToArray());
        Assert.Equal(new byte[][] { [1, 1], [2, 2] }, new[] { a, b }.Select(model => First(model, file))); // those that are averaged stay
    }

    /// <summary>Nobody writes a third out.</summary>
    [Fact]
    public void Write_ThreeTimesAThird_IsTheMean()
    {
        const string File = "base/fusion/model.safetensors";
        var models = Enumerable.Range(0, 3).Select(number => (Model: Model($"m{number}", File, 8 * number, -0.0), Share: 0.3333)).ToList();

        ModelAverage.Write("fusion", models[0].Model, models);

        using var mean = WeightsFolder.Open(Path.Combine(models[0].Model, "base", "fusion"));
        using var scope = NewDisposeScope();
        Assert.Equal([8f, 8f], mean.Read("norm.weight").to(ScalarType.Float32).data<float>().ToArray());
        Assert.All(mean.Read("to_q.weight").to(ScalarType.Float32).data<float>().ToArray(), value => Assert.True(float.IsNegative(value)));
    }

    [Theory]
    [InlineData("1 model to average; give two or more", 1.0)]
    [InlineData("expected is a number above 0", 1.5, -0.5)]
    [InlineData("The shares are 0.9 together; expected is 1", 0.5, 0.4)]
    public void Write_SharesThatAreNone_AreRefused(string expected, params double[] shares)
    {
        const string File = "base/fusion/model.safetensors";
        var models = shares.Select((share, number) => (Model($"m{number}", File, number, 1), share)).ToList();
        var before = First(models[0].Item1, File);

        Assert.Contains(expected, Assert.Throws<TrainingException>(() => ModelAverage.Write("fusion", models[0].Item1, models)).Message, StringComparison.Ordinal);

        Assert.Equal(before, First(models[0].Item1, File));
    }

    [Fact]
    public void Write_ModelsWithoutThePartOrOfOtherShapes_AreNamed()
    {
        const string File = "base/unet/diffusion_pytorch_model.safetensors";
        var (model, other) = (Model("model", File, 1, 1), Model("other", File, 2, 2));
        SafetensorsWriter.Write(Path.Combine(other, File), [KeyValuePair.Create("norm.weight", ones(2)), KeyValuePair.Create("to_q.weight", ones(2, 3))]);

        Assert.Contains($"{model} has no trained upscaler-128", Refusal("upscaler-128", model), StringComparison.Ordinal);
        Assert.Contains("nowhere has no trained base", Refusal("base", "nowhere"), StringComparison.Ordinal);
        Assert.Contains("'to_q.weight' is not alike in both", Refusal("base", other), StringComparison.Ordinal);

        string Refusal(string part, string second) => Assert.Throws<TrainingException>(() => ModelAverage.Write(part, model, [(model, 0.5), (second, 0.5)])).Message;
    }

    public void Dispose() => _folder.Dispose();

    private string Model(string name, string file, double norm, double query)
    {
        var path = Path.Combine(_folder.File(name), file);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        SafetensorsWriter.Write(path, [KeyValuePair.Create("norm.weight", full(2, norm)), KeyValuePair.Create("to_q.weight", full(2, 2, query))], dtype: ScalarType.Float16);
        return _folder.File(name);
    }

    private static byte[] First(string model, string file)
    {
        using var weights = WeightsFolder.Open(Path.GetDirectoryName(Path.Combine(model, file))!);
        using var tensor = weights.Read("norm.weight").to(ScalarType.Byte);
        return [.. tensor.data<byte>()];
    }
}
