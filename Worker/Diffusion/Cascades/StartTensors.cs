using RenderFarm.Diffusion.Layers;
using RenderFarm.Diffusion.Pictures;
using RenderFarm.Diffusion.Sampling;
using static TorchSharp.torch;

namespace RenderFarm.Diffusion.Cascades;

/// <summary>What a batch starts from, at the size of a stage.</summary>
/// <param name="Pictures">float32 [B, 3, S, S] in [−1, 1].</param>
/// <param name="Masks">float32 [B, 1, S, S], 1 where it is drawn anew and 0 where it stays; null where no picture has a mask.</param>
internal sealed record StartTensors(Tensor Pictures, Tensor? Masks)
{
    /// <summary>Grey from which on a mask means drawing anew: above diffusers' half of 255.</summary>
    private const long Threshold = 128;

    private const double Half = 127.5;

    /// <summary>Null where the batch starts from noise.</summary>
    /// <param name="rows">All with a start, or none.</param>
    /// <param name="side">S</param>
    /// <param name="device">Where to put them.</param>
    public static StartTensors? Of(IReadOnlyList<StageRow> rows, int side, Device device)
    {
        if (rows[0].Start is null) return null;
        using var scope = NewDisposeScope();
        var pictures = cat([.. rows.Select(row => Planes(row.Start!.Picture, side))], 0).to(device);
        var masks = rows.Any(row => row.Start!.Mask is not null) ? cat([.. rows.Select(row => Mask(row.Start!.Mask, side))], 0).to(device) : null;
        return new StartTensors(pictures.MoveToOuterDisposeScope(), masks?.MoveToOuterDisposeScope());
    }

    /// <summary>The first sample: the pictures with the noise of the first step that is taken, where they may change.</summary>
    /// <param name="sampler">Fresh.</param>
    /// <param name="step">Index of that step.</param>
    /// <param name="noise">Unit noise, float32 [B, 3, S, S].</param>
    public Tensor Noised(Sampler sampler, int step, Tensor noise)
    {
        using var scope = NewDisposeScope();
        var (level, scale) = (sampler.Level(step), sampler.InputScale(step));
        var noised = Pictures.Times(level.Signal / scale).PlusInPlace(noise, level.Noise / scale);
        return Blend(Pictures, noised).MoveToOuterDisposeScope();
    }

    /// <summary>What stays and what was drawn, put together.</summary>
    public Tensor Blend(Tensor before, Tensor after)
    {
        if (Masks is null) return after;
        using var difference = after - before;
        return before.PlusProduct(Masks, difference);
    }

    /// <returns>float32 [1, 3, S, S]</returns>
    private static Tensor Planes(Picture picture, int side)
    {
        var resized = BicubicResampling.ToSquare(Square(picture, out var cut), cut, cut, Picture.Channels, side);
        using var scope = NewDisposeScope();
        return tensor(resized, ScalarType.Byte).view(1, side, side, Picture.Channels).permute(0, 3, 1, 2).to(ScalarType.Float32).Over(Half).PlusInPlace(-1).contiguous().MoveToOuterDisposeScope();
    }

    /// <returns>float32 [1, 1, S, S]</returns>
    private static Tensor Mask(Picture? mask, int side)
    {
        if (mask is null) return ones([1, 1, side, side]);
        var grey = Grey(Square(mask, out var cut));
        var resized = BicubicResampling.ToSquare(grey, cut, cut, 1, side);
        using var scope = NewDisposeScope();
        return tensor(resized, ScalarType.Byte).view(1, 1, side, side).IsBelow(Threshold).logical_not().to(ScalarType.Float32).MoveToOuterDisposeScope();
    }

    /// <summary>The square in the middle.</summary>
    private static ReadOnlySpan<byte> Square(Picture picture, out int side)
    {
        side = Math.Min(picture.Width, picture.Height);
        var rgb = picture.Rgb.Span;
        if (picture.Width == picture.Height) return rgb;
        var (left, top) = ((picture.Width - side) / 2, (picture.Height - side) / 2);
        var square = new byte[side * side * Picture.Channels];
        for (var row = 0; row < side; row++)
            rgb.Slice((((top + row) * picture.Width) + left) * Picture.Channels, side * Picture.Channels).CopyTo(square.AsSpan(row * side * Picture.Channels));
        return square;
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
