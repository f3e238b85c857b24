using System.Text.Json;
using RenderFarm.Diffusion.Layers;
using RenderFarm.Diffusion.Text;
using RenderFarm.Diffusion.Weights;
using TorchSharp;
using Xunit;
using static TorchSharp.torch;

namespace RenderFarm.Diffusion.Tests.Text;

public sealed class T5EncoderTests : IDisposable
{
    /// <summary>The project's tolerance for float32 against the recorded outputs, norm of the difference over norm.</summary>
    private const double Tolerance = 1e-4;

    private readonly DisposeScope _scope = NewDisposeScope();

    public void Dispose() => _scope.Dispose();

    [Fact]
    public void Forward_RecordedIds_GivesTransformersStates()
    {
        using var encoder = Load(Placement.Cpu);
        using var golden = Golden();
        using var inference = inference_mode();

        var states = encoder.forward(golden.Read("input_ids"), golden.Read("attention_mask"));
        var unmasked = encoder.forward(golden.Read("input_ids"), ones_like(golden.Read("attention_mask")));

        TensorAssert.Close(golden.Read("last_hidden_state"), states, Tolerance);
        TensorAssert.Close(golden.Read("last_hidden_state_without_mask"), unmasked, Tolerance);
    }

    /// <summary>transformers 5.23 is off by 0.0174 and 0.0022 with the same weights and ids in these formats.</summary>
    [Theory]
    [InlineData(ScalarType.BFloat16, 0.018)]
    [InlineData(ScalarType.Float16, 0.0023)]
    public void Forward_HalfPrecision_IsAsExactAsTransformers(ScalarType dtype, double tolerance)
    {
        using var encoder = Load(Placement.Cpu with { Dtype = dtype });
        using var golden = Golden();
        using var inference = inference_mode();

        var states = encoder.forward(golden.Read("input_ids"), golden.Read("attention_mask"));

        Assert.Equal(dtype, states.dtype);
        TensorAssert.Close(golden.Read("last_hidden_state"), states.to(ScalarType.Float32), tolerance);
    }

    [Fact]
    public void Load_Float16_KeepsOutputWeightsFloat32()
    {
        using var encoder = Load(Placement.Cpu with { Dtype = ScalarType.Float16 });

        Assert.All(encoder.state_dict(), pair =>
            Assert.Equal(pair.Key.EndsWith(".wo.weight", StringComparison.Ordinal) ? ScalarType.Float32 : ScalarType.Float16, pair.Value.dtype));
    }

    [Fact]
    public void Forward_BatchOfPromptsOfAnyLength_EqualsEachAlone()
    {
        using var encoder = Load(Placement.Cpu);
        using var golden = Golden();
        using var inference = inference_mode();
        var (ids, mask) = (golden.Read("input_ids"), golden.Read("attention_mask"));

        var together = encoder.forward(ids, mask);

        for (var i = 0; i < ids.shape[0]; i++)
        {
            var alone = encoder.forward(ids.narrow(0, i, 1), mask.narrow(0, i, 1));
            TensorAssert.Close(alone, together.narrow(0, i, 1), 1e-6);
        }
    }

    [Fact]
    public void Forward_EmptyPrompt_GivesAllPaddingTheSameState()
    {
        using var encoder = Load(Placement.Cpu);
        using var inference = inference_mode();
        var ids = zeros([1, 77], ScalarType.Int64);
        ids[0, 0] = 1;

        var states = encoder.forward(ids, ids);

        TensorAssert.Close(states.narrow(1, 1, 1).expand(-1, 76, -1), states.narrow(1, 1, 76), 1e-6);
    }

    [Fact]
    public void Forward_FullSizeOnMeta_HasTransformersKeysAndShapes()
    {
        using var recorded = JsonDocument.Parse(File.ReadAllBytes(TextGoldens.PathOf("t5-v1_1-xxl-encoder.json")));
        using var folder = new TemporaryFolder();
        File.WriteAllText(folder["config.json"], recorded.RootElement.GetProperty("config").GetRawText());
        var expected = recorded.RootElement.GetProperty("tensors").EnumerateObject()
            .ToDictionary(tensor => tensor.Name, tensor => tensor.Value.EnumerateArray().Select(size => size.GetInt64()).ToArray());
        // The table's second name: the same tensor.
        Assert.True(expected.Remove("encoder.embed_tokens.weight"));

        using var encoder = new T5Encoder(T5Config.Load(folder["config.json"]), Placement.Meta);

        var actual = encoder.state_dict();
        Assert.Equal(219, actual.Count);
        Assert.Equal(expected.Keys.Order(StringComparer.Ordinal), actual.Keys.Order(StringComparer.Ordinal));
        Assert.All(actual, pair => Assert.Equal(expected[pair.Key], pair.Value.shape));
    }

    [Theory]
    [InlineData(true, false)]
    [InlineData(false, true)]
    [InlineData(true, true)]
    public void Load_EmbeddingUnderEitherNameOrBoth_IsAccepted(bool shared, bool embedTokens)
    {
        using var folder = new TemporaryFolder();
        var source = TextGoldens.PathOf("t5", "text_encoder");
        File.Copy(Path.Combine(source, "config.json"), folder["config.json"]);
        using (var file = SafetensorsFile.Open(Path.Combine(source, "model.safetensors")))
        {
            var tensors = file.Entries.Where(entry => T5Encoder.Key(entry.Name) != "shared.weight").ToDictionary(entry => entry.Name, entry => file.Read(entry.Name));
            var table = file.Read(file.Entries.First(entry => T5Encoder.Key(entry.Name) == "shared.weight").Name);
            if (shared) tensors["shared.weight"] = table;
            if (embedTokens) tensors["encoder.embed_tokens.weight"] = table;
            SafetensorsWriter.Write(folder["model.safetensors"], tensors);
        }

        using var encoder = T5Encoder.Load(folder.Root, Placement.Cpu);
        using var golden = Golden();
        using var inference = inference_mode();

        TensorAssert.Close(golden.Read("last_hidden_state"), encoder.forward(golden.Read("input_ids"), golden.Read("attention_mask")), Tolerance);
    }

    [Fact]
    public void Backward_OfALoss_AgreesWithADifferenceQuotientForEveryParameter()
    {
        using var encoder = Load(Placement.Cpu);
        foreach (var parameter in encoder.parameters()) parameter.requires_grad_(true);
        using var golden = Golden();
        var (ids, mask) = (golden.Read("input_ids").narrow(1, 0, 20), golden.Read("attention_mask").narrow(1, 0, 20));
        using var generator = new Generator(7);
        var weights = randn([4, 20, 64], generator: generator);

        Tensor Loss() => (encoder.forward(ids, mask).to(ScalarType.Float64) * weights).mean();
        Loss().backward();

        foreach (var (key, parameter) in encoder.named_parameters())
        {
            Assert.True(parameter.grad is not null, $"{key} got no gradient");
            // Along the gradient itself, the loss rises by its squared norm.
            var direction = parameter.grad!.detach();
            var slope = direction.square().sum().item<float>();
            var step = 2e-3 / Math.Sqrt(slope);
            using (no_grad()) parameter.add_(direction, step);
            var above = Loss().item<double>();
            using (no_grad()) parameter.add_(direction, -2 * step);
            var below = Loss().item<double>();
            using (no_grad()) parameter.add_(direction, step);
            Assert.True(Math.Abs((above - below) / (2 * step * slope) - 1) < 0.02, $"{key}: quotient {(above - below) / (2 * step)}, gradient {slope}");
        }
    }

    [Fact]
    public void Forward_InInferenceAndTraining_LeavesOnlyItsResult()
    {
        using var encoder = Load(Placement.Cpu);
        using var golden = Golden();
        var (ids, mask) = (golden.Read("input_ids"), golden.Read("attention_mask"));

        Assert.Equal(0, Leaks.Of(() =>
        {
            using var inference = inference_mode();
            encoder.forward(ids, mask).Dispose();
        }));
        foreach (var parameter in encoder.parameters()) parameter.requires_grad_(true);
        Assert.Equal(1, Leaks.Of(() => encoder.forward(ids, mask)));
    }

    [Fact]
    public void Forward_MaskOfAnotherShape_IsRefusedNamingBoth()
    {
        using var encoder = Load(Placement.Cpu);

        var error = Assert.Throws<ArgumentException>(() => encoder.forward(zeros([1, 5], ScalarType.Int64), ones([1, 4], ScalarType.Int64)));

        Assert.Contains("[1, 5]", error.Message, StringComparison.Ordinal);
        Assert.Contains("[1, 4]", error.Message, StringComparison.Ordinal);
    }

    private static T5Encoder Load(Placement placement) => T5Encoder.Load(TextGoldens.PathOf("t5", "text_encoder"), placement);

    private static SafetensorsFile Golden() => SafetensorsFile.Open(TextGoldens.PathOf("t5", "golden.safetensors"));
}
