using RenderFarm.Diffusion.Sampling;
using TorchSharp;
using Xunit;
using static TorchSharp.torch;

namespace RenderFarm.Diffusion.Tests.Sampling;

public sealed class GuidanceTests
{
    [Fact]
    public void Combine_MixedScales_GuidesEachPictureByItsOwn()
    {
        using var scope = NewDisposeScope();
        using var guidance = new Guidance([3, 1, 5], CPU);
        // Rows: unconditional of pictures 0 and 2, then conditional of 0, 1, 2.
        var output = tensor(new float[] { 1, 2, 10, 20, 30 }).view(5, 1, 1, 1).expand(5, 2, 1, 1);

        var (prediction, variance) = guidance.Combine(output, channels: 1);

        Assert.Equal([0, 2], guidance.Rows);
        Assert.Equal([1 + 3 * 9f, 20, 2 + 5 * 28f], prediction.data<float>());
        Assert.Equal([10f, 20, 30], variance!.contiguous().data<float>());
    }

    [Fact]
    public void Combine_NoPictureGuided_ReturnsTheConditionalRows()
    {
        using var scope = NewDisposeScope();
        using var guidance = new Guidance([1, 0.5], CPU);
        var output = randn(2, 3, 4, 4);

        var (prediction, variance) = guidance.Combine(output, channels: 3);

        Assert.Empty(guidance.Rows);
        Assert.Null(variance);
        TensorAssert.Equal(output, prediction);
    }

    [Fact]
    public void Expand_MixedScales_PutsUnconditionalRowsFirst()
    {
        using var scope = NewDisposeScope();
        using var guidance = new Guidance([1, 2], CPU);
        Assert.Equal([8f, 7, 8], guidance.Expand(tensor(new float[] { 7, 8 })).data<float>());
    }
}
