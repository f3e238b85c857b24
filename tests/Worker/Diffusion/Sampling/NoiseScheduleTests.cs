using RenderFarm.Diffusion.Sampling;
using Xunit;

namespace RenderFarm.Diffusion.Tests.Sampling;

public sealed class NoiseScheduleTests
{
    /// <summary>float64 values; the table is of float32, whose rounding of 1 − 0.999 shows in the last entry.</summary>
    private const double Tolerance = 2e-5;

    [Theory]
    [InlineData(0, 0.99995872)]
    [InlineData(20, 0.99811423)]
    [InlineData(100, 0.97157568)]
    [InlineData(250, 0.84588799)]
    [InlineData(500, 0.49228517)]
    [InlineData(750, 0.14317865)]
    [InlineData(900, 0.023616109)]
    [InlineData(980, 8.7653e-4)]
    [InlineData(990, 1.96717e-4)]
    [InlineData(998, 2.42877e-6)]
    [InlineData(999, 2.42877e-9)]
    public void AlphaBar_OfTheCosineSchedule_IsTheKnownValue(int timestep, double expected) =>
        Assert.Equal(1, Cosine.AlphaBar(timestep) / expected, Tolerance);

    [Theory]
    [InlineData(0, 0.9999)]
    [InlineData(20, 0.99730128)]
    [InlineData(100, 0.97117612)]
    [InlineData(350, 0.64048406)]
    [InlineData(500, 0.33127458)]
    [InlineData(999, 7.3341e-4)]
    public void AlphaBar_OfTheScaledLinearSchedule_IsTheKnownValue(int timestep, double expected)
    {
        var schedule = new NoiseSchedule(new() { Kind = SamplerKind.Ddim, BetaSchedule = BetaSchedule.ScaledLinear });
        Assert.Equal(1, schedule.AlphaBar(timestep) / expected, Tolerance);
    }

    [Fact]
    public void AlphaBar_BeforeTheFirstStep_IsOne() => Assert.Equal(1, Cosine.AlphaBar(-1));

    private static NoiseSchedule Cosine => new(new() { Kind = SamplerKind.Ddpm, BetaSchedule = BetaSchedule.SquaredCosine });
}
