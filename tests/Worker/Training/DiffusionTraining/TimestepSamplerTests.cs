using RenderFarm.Training.DiffusionTraining;
using Xunit;

namespace RenderFarm.Training.Tests.DiffusionTraining;

public sealed class TimestepSamplerTests
{
    private static readonly double[] AlphaBar = [.. Enumerable.Range(0, 1000).Select(i => Math.Pow(Math.Cos((i + 1) / 1002.0 * Math.PI / 2), 2))];

    [Fact]
    public void Draw_NoFocus_SpreadsEvenlyOverTheBatch()
    {
        var sampler = new TimestepSampler(AlphaBar, 0, 0, 1);
        var random = new Random(1);
        for (var i = 0; i < 10; i++) Assert.InRange(sampler.Draw(random, i, 10), i * 100, i * 100 + 99);
    }

    [Fact]
    public void Draw_AllFocused_HasTheMeanLogSnrAskedFor()
    {
        var sampler = new TimestepSampler(AlphaBar, 1, -0.5, 1);
        var random = new Random(1);
        var mean = Enumerable.Range(0, 20_000).Select(_ => AlphaBar[sampler.Draw(random, 0, 1)]).Average(a => Math.Log(a / (1 - a)));
        Assert.Equal(-0.5, mean, 0.05);
    }
}
