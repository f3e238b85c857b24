using RenderFarm.Diffusion.Pictures;
using RenderFarm.Diffusion.Weights;
using static TorchSharp.torch;

namespace RenderFarm.Diffusion.Safety;

/// <summary>
/// A small picture laid over the lower right corner, as diffusers' IFWatermarker lays it with Pillow: 62 pixels in one of 1024, and so in proportion.
/// </summary>
internal sealed class Watermark
{
    private const string Key = "watermark_image";
    private const int Side = 62, Margin = 14, UsualSide = 1024, Channels = 4, Alpha = 3;

    private readonly byte[] _rgba;

    private Watermark(byte[] rgba, string sha256) => (_rgba, Sha256) = (rgba, sha256);

    /// <summary>As <see cref="WeightsFolder.Sha256"/>.</summary>
    public string Sha256 { get; }

    /// <param name="folder">Such as <c>watermarker</c> in IF's folders: safetensors with watermark_image, [62, 62, 4], 0 to 255.</param>
    /// <exception cref="WeightsException">There is no such tensor.</exception>
    public static Watermark Load(string folder)
    {
        using var scope = NewDisposeScope();
        using var weights = WeightsFolder.Open(folder);
        if (weights.Names is not [Key]) throw new WeightsException($"'{folder}' holds {string.Join(", ", weights.Names.Take(5))}; expected is {Key} alone.");
        var shape = weights.KindOf(Key).Shape;
        if (shape is not [Side, Side, Channels])
            throw new WeightsException($"'{folder}' has {Key} of the shape [{string.Join(", ", shape)}]; expected is [{Side}, {Side}, {Channels}].");
        var pixels = empty([Side, Side, Channels]);
        weights.ReadInto(Key, pixels);
        return new Watermark(pixels.to(ScalarType.Byte).bytes.ToArray(), weights.Sha256());
    }

    /// <summary>The picture with the mark; one too small for a mark of one pixel stays as it is.</summary>
    public Picture On(Picture picture)
    {
        var scale = Math.Sqrt((double)picture.Width * picture.Height) / UsualSide;
        var (side, margin) = ((int)(scale * Side), (int)(Margin * scale));
        if (side == 0) return picture;
        var mark = Resized(side);
        var rgb = picture.Rgb.ToArray();
        var (left, top) = (picture.Width - margin - side, picture.Height - margin - side);
        for (var pixel = 0; pixel < side * side; pixel++)
        {
            var (from, to) = (pixel * Channels, (((top + (pixel / side)) * picture.Width) + left + (pixel % side)) * Picture.Channels);
            int alpha = mark[from + Alpha];
            for (var channel = 0; channel < Picture.Channels; channel++)
                rgb[to + channel] = Over255((rgb[to + channel] * (byte.MaxValue - alpha)) + (mark[from + channel] * alpha));
        }
        return new Picture(picture.Width, picture.Height, rgb);
    }

    /// <summary>Pillow resizes what is transparent with its colours multiplied by their opacity.</summary>
    private byte[] Resized(int side)
    {
        if (side == Side) return _rgba;
        var opaque = (byte[])_rgba.Clone();
        for (var at = 0; at < opaque.Length; at++)
            if (at % Channels != Alpha) opaque[at] = Over255(opaque[at] * _rgba[at | Alpha]);
        var small = BicubicResampling.Resize(opaque, Channels, PictureSize.Square(Side), PictureSize.Square(side));
        for (var at = 0; at < small.Length; at++)
            if (at % Channels != Alpha && small[at | Alpha] is > 0 and < byte.MaxValue and var alpha) small[at] = (byte)Math.Min(byte.MaxValue * small[at] / alpha, byte.MaxValue);
        return small;
    }

    /// <summary>Pillow's rounded division by 255.</summary>
    private static byte Over255(int value)
    {
        var sum = value + 128;
        return (byte)(((sum >> 8) + sum) >> 8);
    }
}
