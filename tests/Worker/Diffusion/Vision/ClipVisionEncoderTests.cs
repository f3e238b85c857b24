using System.Text.Json.Nodes;
using RenderFarm.Diffusion.Layers;
using RenderFarm.Diffusion.Vision;
using RenderFarm.Diffusion.Weights;
using RenderFarm.Testing;
using TorchSharp;
using Xunit;
using static TorchSharp.torch;

namespace RenderFarm.Diffusion.Tests.Vision;

/// <summary>A small encoder with random weights, and what transformers' CLIPVisionModelWithProjection computes with it.</summary>
public sealed class ClipVisionEncoderTests : IDisposable
{
    private const double Tolerance = 1e-4;

    private static readonly string Golden = Path.Combine(Repository.Root, "tests", "Worker", "Diffusion", "Vision", "Goldens", "clip-vision");

    private readonly DisposeScope _scope = NewDisposeScope();

    public void Dispose() => _scope.Dispose();

    [Fact]
    public void Forward_RecordedPixels_GivesTransformersStatesAndEmbeddings()
    {
        using var encoder = Load();
        using var file = Recorded();
        using var inference = inference_mode();

        var states = encoder.call(file.Read("pixel_values"));

        TensorAssert.Close(file.Read("last_hidden_state"), states, Tolerance);
        TensorAssert.Close(file.Read("image_embeds"), encoder.Embed(states), Tolerance);
    }

    [Fact]
    public void Forward_WithGradients_GivesTheSame()
    {
        using var encoder = Load();
        using var file = Recorded();
        foreach (var parameter in encoder.parameters()) parameter.requires_grad_(true);

        TensorAssert.Close(file.Read("last_hidden_state"), encoder.call(file.Read("pixel_values")).detach(), Tolerance);
    }

    [Fact]
    public void Forward_BatchOfTwo_EqualsTwoOfOne()
    {
        using var encoder = Load();
        using var file = Recorded();
        using var inference = inference_mode();
        var pixels = file.Read("pixel_values");

        var both = encoder.NormalizedStates(pixels);

        for (var row = 0; row < 2; row++) TensorAssert.Close(both.narrow(0, row, 1), encoder.NormalizedStates(pixels.narrow(0, row, 1)), 1e-5);
    }

    [Fact]
    public void Forward_Repeated_LeavesNoTensorBehind()
    {
        using var encoder = Load();
        using var file = Recorded();
        using var inference = inference_mode();
        var pixels = file.Read("pixel_values");

        Assert.Equal(0, Leaks.Of(() =>
        {
            for (var call = 0; call < 2; call++) encoder.NormalizedStates(pixels).Dispose();
        }));
    }

    [Fact]
    public void Forward_PixelsOfAnotherSize_SaysBoth()
    {
        using var encoder = Load();
        var error = Assert.Throws<ArgumentException>(() => encoder.call(zeros(1, 3, 40, 32)));
        Assert.Contains("[1, 3, 40, 32]; expected is [B, 3, 32, 32]", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("hidden_act", "\"relu\"", "hidden_act = relu; supported are quick_gelu and gelu")]
    [InlineData("num_attention_heads", "3", "num_attention_heads = 3 does not divide")]
    [InlineData("patch_size", "7", "patch_size = 7 does not divide")]
    [InlineData("image_size", "100000", "image_size = 100000; expected is a number from 1 to 4096")]
    [InlineData("num_channels", "4", "num_channels = 4; supported is 3")]
    [InlineData("model_type", "\"clip_text_model\"", "model_type is not clip_vision_model")]
    public void Load_ValueThatIsNotSupported_NamesIt(string key, string value, string expected)
    {
        using var folder = new TemporaryFolder();
        var json = JsonNode.Parse(File.ReadAllText(Path.Combine(Golden, "image_encoder", "config.json")))!.AsObject();
        json[key] = JsonNode.Parse(value);
        File.WriteAllText(folder["config.json"], json.ToJsonString());

        Assert.Contains(expected, Assert.Throws<WeightsException>(() => ClipVisionConfig.Load(folder["config.json"])).Message, StringComparison.Ordinal);
    }

    private static SafetensorsFile Recorded() => SafetensorsFile.Open(Path.Combine(Golden, "golden.safetensors"));

    private static ClipVisionEncoder Load()
    {
        var folder = Path.Combine(Golden, "image_encoder");
        var config = ClipVisionConfig.Load(Path.Combine(folder, "config.json"));
        using var weights = WeightsFolder.Open(folder);
        return WeightsLoader.Build(weights, place => new ClipVisionEncoder(config, place), Placement.Cpu, ClipVisionEncoder.Key);
    }
}
