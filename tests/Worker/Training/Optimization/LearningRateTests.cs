using RenderFarm.Training.Optimization;
using Xunit;

namespace RenderFarm.Training.Tests.Optimization;

public sealed class LearningRateTests
{
    [Theory]
    [InlineData(0, 0.1)]
    [InlineData(9, 1.0)]
    [InlineData(10, 1.0)]
    [InlineData(60, 0.55)]
    [InlineData(110, 0.1)]
    [InlineData(500, 0.1)]
    public void At_Step_RisesThenFallsByACosine(long step, double expected) =>
        Assert.Equal(expected, new LearningRate(Peak: 1, WarmUpSteps: 10, TotalSteps: 110, Final: 0.1).At(step), 6);
}
