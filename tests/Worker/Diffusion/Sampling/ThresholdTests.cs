using RenderFarm.Diffusion.Sampling;
using TorchSharp;
using Xunit;
using static TorchSharp.torch;

namespace RenderFarm.Diffusion.Tests.Sampling;

public sealed class ThresholdTests
{
    [Theory]
    [InlineData(0.95, 100, 16)]
    [InlineData(0.995, 100, 16)]
    [InlineData(0.5, 1.5, 5)]
    [InlineData(1.0, 100, 3)]
    [InlineData(0.9999, 100, 1)]
    public void Apply_Dynamic_EqualsLibtorchsQuantile(double ratio, double maximum, int size)
    {
        using var scope = NewDisposeScope();
        using var noise = new PictureNoise(5);
        var original = PictureNoise.Draw([noise, noise], [3, size, size], CPU) * tensor(new float[] { 0.2f, 4 }).view(2, 1, 1, 1);
        var limit = quantile(original.abs().flatten(1), tensor((float)ratio), 1).view(2, 1, 1, 1).clamp(1, maximum);

        var actual = Threshold.Of(Config(ratio, maximum))!.Apply(original);

        TensorAssert.Close(original.minimum(limit).maximum(-limit) / limit, actual, 1e-6);
    }

    [Fact]
    public void Apply_MaximumOfOne_Clamps()
    {
        using var scope = NewDisposeScope();
        var original = tensor(new float[] { -7, 0.5f, 7 }).view(1, 3, 1, 1);
        Assert.Equal([-1f, 0.5f, 1], Threshold.Of(Config(0.95, 1))!.Apply(original).data<float>());
    }

    [Fact]
    public void Of_EulersSampler_IsNothing() => Assert.Null(Threshold.Of(Config(0.95, 1.5) with { Kind = SamplerKind.Euler }));

    private static SchedulerConfig Config(double ratio, double maximum) =>
        new() { Kind = SamplerKind.Ddpm, DynamicThreshold = true, ThresholdRatio = ratio, ThresholdMaximum = maximum };
}
