using RenderFarm.Diffusion.Layers;
using RenderFarm.Diffusion.Pictures;
using static TorchSharp.torch;

namespace RenderFarm.Diffusion.StartPictures;

/// <summary>A start picture at any stage's size. The caller owns what it is given.</summary>
/// <param name="PictureAt">For a size: float32 [1, 3, H, W] in [−1, 1] on the CPU.</param>
/// <param name="MaskAt">For a size: float32 [1, 1, H, W] on the CPU, 1 where it is drawn anew and 0 where it stays; null for no mask.</param>
internal sealed record StartPixels(Func<PictureSize, Tensor> PictureAt, Func<PictureSize, Tensor>? MaskAt)
{
    /// <summary>Grey from which on a mask means drawing anew: above diffusers' half of 255.</summary>
    private const long Threshold = 128;

    private const double Half = 127.5;

    /// <summary>Prepared as diffusers' pipelines do (preprocess_image and preprocess_mask_image): resized with Pillow's bicubic filter, the mask in grey and then black and white.</summary>
    public static StartPixels Of(StartPicture start) =>
        new(size => Planes(start.Picture, size), start.Mask is { } mask ? size => Repainted(mask, size) : null);

    /// <returns>float32 [1, 3, H, W]</returns>
    private static Tensor Planes(Picture picture, PictureSize size)
    {
        var resized = BicubicResampling.Resize(picture.Rgb.Span, Picture.Channels, picture.Size, size);
        using var scope = NewDisposeScope();
        return tensor(resized, ScalarType.Byte).view(1, size.Height, size.Width, Picture.Channels).permute(0, 3, 1, 2).to(ScalarType.Float32).Over(Half).PlusInPlace(-1).contiguous().MoveToOuterDisposeScope();
    }

    /// <returns>float32 [1, 1, H, W]</returns>
    private static Tensor Repainted(Picture mask, PictureSize size)
    {
        var resized = BicubicResampling.Resize(Grey(mask.Rgb.Span), 1, mask.Size, size);
        using var scope = NewDisposeScope();
        return tensor(resized, ScalarType.Byte).view(1, 1, size.Height, size.Width).IsBelow(Threshold).logical_not().to(ScalarType.Float32).MoveToOuterDisposeScope();
    }

    /// <summary>Pillow's "L": ITU-R 601-2 luma, in 16 bits of fraction.</summary>
    private static byte[] Grey(ReadOnlySpan<byte> rgb)
    {
        var grey = new byte[rgb.Length / Picture.Channels];
        for (var i = 0; i < grey.Length; i++)
            grey[i] = (byte)(((rgb[i * 3] * 19595) + (rgb[(i * 3) + 1] * 38470) + (rgb[(i * 3) + 2] * 7471) + 0x8000) >> 16);
        return grey;
    }
}
