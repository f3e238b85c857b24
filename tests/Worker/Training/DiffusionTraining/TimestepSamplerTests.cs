using RenderFarm.Training.DiffusionTraining;
using Xunit;

namespace RenderFarm.Training.Tests.DiffusionTraining;

public sealed class TimestepSamplerTests
{
    private static readonly double[] AlphaBar = [.. Enumerable.Range(0, 1000).Select(i => Math.Pow(Math.Cos((i + 1) / 1002.0 * Math.PI / 2), 2))];

    [Fact]
    public void Draw_NoFocus_SpreadsEvenlyOverTheBatch()
    {
        var sampler = new TimestepSampler(AlphaBar, new TimestepFocus());
        var random = new Random(1);
        for (var i = 0; i < 10; i++) Assert.InRange(sampler.Draw(random, i, 10), i * 100, i * 100 + 99);
    }

    [Fact]
    public void Draw_AllFocused_HasTheMeanLogSnrAskedFor()
    {
        var sampler = new TimestepSampler(AlphaBar, new TimestepFocus { Share = 1, LogSnr = -0.5, Deviation = 1 });
        var random = new Random(1);
        var mean = Enumerable.Range(0, 20_000).Select(_ => AlphaBar[sampler.Draw(random, 0, 1)]).Average(a => Math.Log(a / (1 - a)));
        Assert.Equal(-0.5, mean, 0.05);
    }

    [Fact]
    public void Draw_NoisyShare_ComesFromTheNoisiestTimestepsAlone()
    {
        var sampler = new TimestepSampler(AlphaBar, new TimestepFocus { NoisyShare = 0.5 });
        var random = new Random(1);
        var drawn = Enumerable.Range(0, 20_000).Select(i => sampler.Draw(random, i % 16, 16)).ToList();
        Assert.Equal(0.5 + 0.5 * 0.15, drawn.Count(t => t >= 850) / 20_000.0, 0.01);
        Assert.Equal(0.5 * 10 / 150 + 0.5 * 10 / 1000, drawn.Count(t => t >= 990) / 20_000.0, 0.005);
    }

    [Fact]
    public void WithNoisyShare_TheRest_KeepsItsProportions()
    {
        var focus = new TimestepFocus { NoisyShare = 0.2, Share = 0.5, LogSnr = 0.5 }.WithNoisyShare(0.6);
        Assert.Equal(new TimestepFocus { NoisyShare = 0.6, Share = 0.25, LogSnr = 0.5 }, focus);
    }
}
