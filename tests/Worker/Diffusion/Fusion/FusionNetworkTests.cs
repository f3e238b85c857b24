using RenderFarm.Diffusion.Fusion;
using RenderFarm.Diffusion.Layers;
using RenderFarm.Diffusion.Weights;
using TorchSharp;
using Xunit;
using static TorchSharp.torch;

namespace RenderFarm.Diffusion.Tests.Fusion;

public sealed class FusionNetworkTests : IDisposable
{
    private static readonly FusionConfig Config = new()
    {
        HiddenSize = 8, ImageWidth = 6, IntermediateSize = 16, NumHiddenLayers = 2, NumAttentionHeads = 2, Slots = 3, WordsPerSlot = 2, VocabSize = 11,
    };

    private readonly DisposeScope _scope = NewDisposeScope();
    private readonly Generator _generator = new(7);

    public void Dispose()
    {
        _generator.Dispose();
        _scope.Dispose();
    }

    [Fact]
    public void Forward_BatchOfTwo_EqualsTwoOfOne()
    {
        using var network = Random();
        using var inference = inference_mode();
        var (text, mask, image) = (Draw(2, 5, 8), tensor(new long[] { 1, 1, 1, 0, 0, 1, 1, 1, 1, 1 }, [2, 5]), Draw(2, 4, 6));

        using var both = network.forward(text, mask, image);

        Assert.Equal([2, 3, 2, 11], both.shape);
        for (var row = 0; row < 2; row++)
        {
            using var alone = network.forward(text.narrow(0, row, 1), mask.narrow(0, row, 1), image.narrow(0, row, 1));
            TensorAssert.Close(both.narrow(0, row, 1), alone, 1e-5);
        }
    }

    [Fact]
    public void Forward_MorePadding_ChangesNothing_ButWordsAndPictureDo()
    {
        using var network = Random();
        using var inference = inference_mode();
        var (text, image) = (Draw(1, 3, 8), Draw(1, 4, 6));
        var padded = cat([text, Draw(1, 6, 8)], 1);
        using var plain = network.forward(text, ones(1, 3, int64), image);

        using var longer = network.forward(padded, cat([ones(1, 3, int64), zeros(1, 6, int64)], 1), image);
        using var otherWords = network.forward(Draw(1, 3, 8), ones(1, 3, int64), image);
        using var otherPicture = network.forward(text, ones(1, 3, int64), Draw(1, 4, 6));

        TensorAssert.Close(plain, longer, 1e-5);
        Assert.True((plain - otherWords).norm().item<float>() > 0.01);
        Assert.True((plain - otherPicture).norm().item<float>() > 0.01);
    }

    [Fact]
    public void Forward_Repeated_LeavesNoTensorBehind()
    {
        using var network = Random();
        using var inference = inference_mode();
        var (text, mask, image) = (Draw(1, 3, 8), ones(1, 3, int64), Draw(1, 4, 6));

        Assert.Equal(0, Leaks.Of(() =>
        {
            for (var call = 0; call < 2; call++) network.forward(text, mask, image).Dispose();
        }));
    }

    [Theory]
    [InlineData("\"slots\": 3", "\"slots\": 0", "slots = 0; expected is a number from 1")]
    [InlineData("\"num_attention_heads\": 2", "\"num_attention_heads\": 3", "num_attention_heads = 3 does not divide")]
    [InlineData("renderfarm_fusion", "t5", "model_type is not renderfarm_fusion")]
    [InlineData("\"image_width\": 6,", "", "image_width")]
    [InlineData("\"vocab_size\": 11", "\"vocab_size\": -1", "vocab_size = -1; expected is a number from 1")]
    public void Load_ValueThatCannotBe_NamesIt(string good, string bad, string expected)
    {
        const string Json = """{"model_type": "renderfarm_fusion", "hidden_size": 8, "image_width": 6, "intermediate_size": 16, "num_hidden_layers": 2, "num_attention_heads": 2, "slots": 3, "words_per_slot": 2, "vocab_size": 11}""";
        using var folder = new TemporaryFolder();
        File.WriteAllText(folder["good.json"], Json);
        File.WriteAllText(folder["bad.json"], Json.Replace(good, bad, StringComparison.Ordinal));

        Assert.Equal(Config, FusionConfig.Load(folder["good.json"]));
        Assert.Contains(expected, Assert.Throws<WeightsException>(() => FusionConfig.Load(folder["bad.json"])).Message, StringComparison.Ordinal);
    }

    private Tensor Draw(params long[] shape) => randn(shape, generator: _generator);

    private FusionNetwork Random()
    {
        var network = new FusionNetwork(Config, Placement.Cpu);
        using var guard = no_grad();
        foreach (var parameter in network.parameters()) parameter.copy_(Draw(parameter.shape) * 0.5);
        return network;
    }
}
