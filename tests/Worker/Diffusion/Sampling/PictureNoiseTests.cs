using RenderFarm.Diffusion.Sampling;
using TorchSharp;
using Xunit;
using static TorchSharp.torch;

namespace RenderFarm.Diffusion.Tests.Sampling;

public sealed class PictureNoiseTests
{
    [Theory]
    [MemberData(nameof(Recorded))]
    public void Draw_ASeed_GivesTheNumbersOfPythonsGenerator(long seed, long size, float[] expected)
    {
        using var scope = NewDisposeScope();
        using var noise = new PictureNoise(seed);
        Assert.Equal(expected, PictureNoise.Draw([noise], [3, size, size], CPU).data<float>().Take(expected.Length), (a, b) => Math.Abs(a - b) < 1e-6f);
    }

    /// <summary>torch.randn(1, 3, size, size, generator=torch.Generator().manual_seed(seed)); below 16 numbers libtorch draws in another way.</summary>
    public static TheoryData<long, long, float[]> Recorded => new()
    {
        { 0, 2, [1.5409961f, -0.2934289f, -2.1787894f, 0.5684313f, -1.0845224f, -1.3985955f] },
        { 57, 2, [0.1446012f, -0.1164951f, 0.6928958f, -0.9160538f, 0.7317505f, 0.3883618f] },
        { 57, 16, [0.7093923f, -1.1486053f, -0.0637091f, 0.8577375f, -0.5370539f, -0.8067354f] },
        { 1000, 16, [-0.5305590f, -1.1299706f, -0.6733835f, -0.7669192f, -0.7028560f, 0.9896478f] },
        { 2147483647, 3, [1.5673620f, -0.2372923f, -0.0273846f, -1.1007794f, 0.2858815f, -0.0296433f] },
        { 4294967301, 3, [1.8423299f, 0.5188872f, -1.7119213f, -1.7013793f, 2.0194194f, -0.2686144f] },
        { 9223372036854775807, 3, [-2.6642976f, -1.0910486f, 0.4514474f, 0.2283607f, 1.8986179f, 1.5642089f] },
    };

    [Fact]
    public void Draw_ForABatch_GivesEachPictureItsOwnNumbers()
    {
        using var scope = NewDisposeScope();
        using var first = new PictureNoise(1);
        using var second = new PictureNoise(2);
        using var alone = new PictureNoise(2);

        var batch = PictureNoise.Draw([first, second], [3, 4, 4], CPU);

        TensorAssert.Equal(PictureNoise.Draw([alone], [3, 4, 4], CPU), batch.narrow(0, 1, 1));
    }

    [Fact]
    public void State_Restored_ContinuesWithTheSameNumbers()
    {
        using var scope = NewDisposeScope();
        using var noise = new PictureNoise(7);
        PictureNoise.Draw([noise], [3, 5, 5], CPU);
        var state = noise.State;
        var expected = PictureNoise.Draw([noise], [3, 5, 5], CPU);

        using var resumed = new PictureNoise(0) { State = state };

        TensorAssert.Equal(expected, PictureNoise.Draw([resumed], [3, 5, 5], CPU));
    }
}
