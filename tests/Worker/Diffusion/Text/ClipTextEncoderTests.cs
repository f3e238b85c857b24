using System.Text.Json;
using RenderFarm.Diffusion.Layers;
using RenderFarm.Diffusion.Text;
using RenderFarm.Diffusion.Weights;
using TorchSharp;
using Xunit;
using static TorchSharp.torch;

namespace RenderFarm.Diffusion.Tests.Text;

/// <summary>
/// A small encoder with random weights. Of its embedding table only the rows of recorded ids are kept, and the ids renumbered; with the other
/// activation the states differ by 0.005.
/// </summary>
public sealed class ClipTextEncoderTests : IDisposable
{
    private const double Tolerance = 1e-4;

    private readonly DisposeScope _scope = NewDisposeScope();

    public void Dispose() => _scope.Dispose();

    [Theory]
    [InlineData("gelu", "last_hidden_state")]
    [InlineData("quick_gelu", "last_hidden_state_quick_gelu")]
    public void Forward_RecordedIds_GivesTransformersStates(string activation, string golden)
    {
        using var encoder = Load(activation);
        using var file = Golden();
        using var inference = inference_mode();

        TensorAssert.Close(file.Read(golden), encoder.call(file.Read("input_ids")), Tolerance);
    }

    [Fact]
    public void Forward_BatchOfTwo_EqualsTwoOfOne()
    {
        using var encoder = Load("gelu");
        using var file = Golden();
        using var inference = inference_mode();
        var ids = file.Read("input_ids");

        var both = encoder.call(ids);

        for (var row = 0; row < 2; row++) TensorAssert.Close(both.narrow(0, row, 1), encoder.call(ids.narrow(0, row, 1)), 1e-5);
    }

    [Fact]
    public void Forward_Repeated_LeavesNoTensorBehind()
    {
        using var encoder = Load("quick_gelu");
        using var file = Golden();
        using var inference = inference_mode();
        var ids = file.Read("input_ids");

        Assert.Equal(0, Leaks.Of(() =>
        {
            for (var call = 0; call < 2; call++) encoder.call(ids).Dispose();
        }));
    }

    [Fact]
    public void Constructor_FullSize_HasTheCheckpointsKeysAndShapes()
    {
        using var document = JsonDocument.Parse(File.ReadAllText(TextGoldens.PathOf("clip-text-x4-upscaler.json")));
        var expected = document.RootElement.GetProperty("tensors").EnumerateObject()
            .Select(entry => $"{entry.Name} [{string.Join(", ", entry.Value.EnumerateArray().Select(size => size.GetInt64()))}]");
        using var folder = new TemporaryFolder();
        File.WriteAllText(folder["config.json"], document.RootElement.GetProperty("config").GetRawText());

        using var encoder = new ClipTextEncoder(ClipTextConfig.Load(folder["config.json"]), Placement.Meta);

        var actual = encoder.state_dict().Select(entry => $"{entry.Key} [{string.Join(", ", entry.Value.shape)}]");
        Assert.Equal(expected.Order(StringComparer.Ordinal), actual.Order(StringComparer.Ordinal));
    }

    [Theory]
    [InlineData("text_model.encoder.layers.0.mlp.fc1.weight", "encoder.layers.0.mlp.fc1.weight")]
    [InlineData("final_layer_norm.bias", "final_layer_norm.bias")]
    [InlineData("text_model.embeddings.position_ids", null)]
    public void Key_OfPublishedNames_IsTheNetworks(string name, string? expected) => Assert.Equal(expected, ClipTextEncoder.Key(name));

    [Theory]
    [InlineData("hidden_act", "\"relu\"", "hidden_act = relu; supported are quick_gelu and gelu")]
    [InlineData("num_attention_heads", "3", "num_attention_heads = 3 does not divide")]
    [InlineData("num_hidden_layers", "0", "num_hidden_layers = 0")]
    [InlineData("model_type", "\"t5\"", "model_type is not clip_text_model")]
    [InlineData("use_attention_mask", "true", "use_attention_mask = true")]
    public void Load_ValueThatIsNotSupported_NamesIt(string key, string value, string expected)
    {
        using var folder = new TemporaryFolder();
        var json = System.Text.Json.Nodes.JsonNode.Parse(File.ReadAllText(TextGoldens.PathOf("clip", "text_encoder", "config.json")))!.AsObject();
        json[key] = System.Text.Json.Nodes.JsonNode.Parse(value);
        File.WriteAllText(folder["config.json"], json.ToJsonString());

        Assert.Contains(expected, Assert.Throws<WeightsException>(() => ClipTextConfig.Load(folder["config.json"])).Message, StringComparison.Ordinal);
    }

    private static SafetensorsFile Golden() => SafetensorsFile.Open(TextGoldens.PathOf("clip", "golden.safetensors"));

    private static ClipTextEncoder Load(string activation)
    {
        var config = ClipTextConfig.Load(TextGoldens.PathOf("clip", "text_encoder", "config.json")) with { HiddenAct = activation };
        using var weights = WeightsFolder.Open(TextGoldens.PathOf("clip", "text_encoder"));
        return WeightsLoader.Build(weights, place => new ClipTextEncoder(config, place), Placement.Cpu, ClipTextEncoder.Key);
    }
}
