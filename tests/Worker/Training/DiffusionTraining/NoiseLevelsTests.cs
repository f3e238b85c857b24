using RenderFarm.Training.DiffusionTraining;
using Xunit;

namespace RenderFarm.Training.Tests.DiffusionTraining;

public sealed class NoiseLevelsTests
{
    [Fact]
    public void Draw_ManyTimes_LeansToTheLowEndAndReachesTheLargest()
    {
        var random = new Random(1);
        var drawn = Enumerable.Range(0, 40_000).Select(_ => NoiseLevels.Draw(random, 399)).ToList();
        Assert.Equal((0, 399), (drawn.Min(), drawn.Max()));
        Assert.Equal(0.5, drawn.Count(level => level < 50) / 40_000.0, 0.01);
        Assert.Equal(1 - Math.Cbrt(0.5), drawn.Count(level => level >= 200) / 40_000.0, 0.01);
    }
}
