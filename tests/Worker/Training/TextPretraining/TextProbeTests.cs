using RenderFarm.Diffusion.Layers;
using RenderFarm.Training.TextPretraining;
using TorchSharp;
using Xunit;
using static TorchSharp.torch;

namespace RenderFarm.Training.Tests.TextPretraining;

public sealed class TextProbeTests
{
    private const int Width = 16;

    [Fact]
    public void Forward_QuestionsOfOneTopic_AreAnsweredFromOneReading()
    {
        using var guard = no_grad();
        using var probe = Probe(0, 1, 0);
        // The same answers for every question: what differs then is only what was read.
        foreach (var (name, parameter) in probe.named_parameters())
            if (name == "answers") parameter.copy_(parameter.narrow(0, 0, 1).expand_as(parameter).clone());

        var logits = probe.forward(randn(2, 5, Width));

        Assert.Equal([2, 3, 4], logits.shape);
        Assert.True(logits.select(1, 0).allclose(logits.select(1, 2)));
        Assert.False(logits.select(1, 0).allclose(logits.select(1, 1)));
    }

    [Fact]
    public void Forward_StateOfPadding_IsReadLikeAnyOther()
    {
        using var guard = no_grad();
        using var probe = Probe(0, 1);
        var states = randn(1, 6, Width);
        var before = probe.forward(states);

        states.narrow(1, 5, 1).mul_(3);

        Assert.False(before.allclose(probe.forward(states)));
    }

    private static TextProbe Probe(params long[] topics)
    {
        var probe = new TextProbe(Width, topics, classes: 4, new Placement(CPU, ScalarType.Float32));
        using var generator = new Generator(1);
        foreach (var parameter in probe.parameters()) parameter.copy_(randn(parameter.shape, generator: generator));
        return probe;
    }
}
