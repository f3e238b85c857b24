using RenderFarm.Diffusion.Cascades.Stages;
using RenderFarm.Diffusion.Layers;
using RenderFarm.Diffusion.Pictures;
using static TorchSharp.torch;

namespace RenderFarm.Diffusion.Cascades;

/// <summary>Between tensors and pictures.</summary>
internal static class PictureTensor
{
    private const double White = 255;

    /// <summary>round(clamp(x/2 + ½, 0, 1)·255) of every picture.</summary>
    /// <param name="pictures">float32 [B, 3, H, W] in [−1, 1] on the CPU.</param>
    public static Picture[] ToPictures(Tensor pictures)
    {
        using var scope = NewDisposeScope();
        var (count, height, width) = ((int)pictures.shape[0], (int)pictures.shape[2], (int)pictures.shape[3]);
        var levels = pictures.Over(2).PlusInPlace(0.5).BetweenInPlace(0, 1).TimesInPlace(White).round_().to(ScalarType.Byte).permute(0, 2, 3, 1).contiguous(); // [B, H, W, 3]
        var bytes = levels.bytes;
        var size = width * height * Picture.Channels;
        var result = new Picture[count];
        for (var row = 0; row < count; row++) result[row] = new Picture(width, height, bytes.Slice(row * size, size).ToArray());
        return result;
    }

    /// <summary>The pixels as they are, for going on later.</summary>
    /// <param name="picture">float32 [3, H, W] on the CPU.</param>
    public static float[] ToPixels(Tensor picture)
    {
        using var contiguous = picture.contiguous();
        return contiguous.data<float>().ToArray();
    }

    /// <returns>float32 [1, 3, H, W] on the CPU</returns>
    public static Tensor FromCheckpoint(StageCheckpoint checkpoint) =>
        tensor(checkpoint.Pixels.ToArray(), [1, Picture.Channels, checkpoint.Height, checkpoint.Width]);
}
