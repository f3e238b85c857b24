using RenderFarm.Training.DiffusionTraining;
using TorchSharp;
using Xunit;
using static TorchSharp.torch;

namespace RenderFarm.Training.Tests.DiffusionTraining;

public sealed class AlignedUpsamplingTests
{
    [Theory]
    [InlineData(32, 128, 0, 0, 128)]
    [InlineData(32, 128, 64, 17, 64)]
    [InlineData(128, 256, 192, 100, 64)]
    public void Crop_OfAnyPart_EqualsTorchsInterpolation(int lowSide, int side, int left, int top, int crop)
    {
        using var scope = NewDisposeScope();
        var low = new byte[lowSide * lowSide * 3];
        new Random(1).NextBytes(low);
        var planes = new float[3 * crop * crop];
        AlignedUpsampling.Crop(low, lowSide, side, left, top, crop, planes);
        var picture = torch.tensor(low.Select(b => b / 127.5f - 1).ToArray(), [1, lowSide, lowSide, 3]).permute(0, 3, 1, 2);
        var whole = nn.functional.interpolate(picture, [side, side], mode: InterpolationMode.Bilinear, align_corners: true);
        var expected = whole.narrow(2, top, crop).narrow(3, left, crop);
        Assert.True(torch.tensor(planes, [1, 3, crop, crop]).sub(expected).abs().max().item<float>() < 1e-4f);
    }
}
