using RenderFarm.Diffusion.Pictures.Headers;
using SkiaSharp;

namespace RenderFarm.Diffusion.Pictures;

/// <summary>
/// Reads pictures that come from outside: PNG, JPEG and WebP with 8 bits each of red, green, blue or grey. All that a file says about itself is
/// looked at before memory for its pixels is taken. A colour profile is converted to sRGB, a camera's orientation is applied.
/// </summary>
public static class PictureFile
{
    /// <summary>Largest file in bytes: 32 MiB.</summary>
    public const int LargestFile = PictureLimits.LargestFile;

    /// <summary>Longest side in pixels.</summary>
    public const int LongestSide = PictureLimits.LongestSide;

    /// <summary>Most pixels: those of a square of 4096.</summary>
    public const long MostPixels = PictureLimits.MostPixels;

    /// <summary>Reads a picture.</summary>
    /// <param name="file">The encoded bytes.</param>
    /// <param name="name">What to call the file in errors.</param>
    /// <exception cref="PictureFileException">It is of another kind, too large, animated, transparent, CMYK, of 16 bits, cut short or damaged.</exception>
    public static Picture Read(ReadOnlySpan<byte> file, string name)
    {
        PictureHeader.Read(file, out var fault);
        if (fault is not null) throw Bad(name, fault);
        using var data = SKData.CreateCopy(file);
        using var codec = SKCodec.Create(data);
        if (codec is null) throw Bad(name, PictureHeader.Damaged);
        // What is decoded must be what was looked at.
        if (PictureHeader.Sized(codec.Info.Width, codec.Info.Height, out _) is { } size) throw Bad(name, size);
        if (codec.FrameCount > 1) throw Bad(name, PictureHeader.Animated);
        return Oriented(Decode(codec, name), codec.EncodedOrigin);
    }

    private static Picture Decode(SKCodec codec, string name)
    {
        using var srgb = SKColorSpace.CreateSrgb();
        using var bitmap = new SKBitmap(new SKImageInfo(codec.Info.Width, codec.Info.Height, SKColorType.Rgba8888, SKAlphaType.Unpremul, srgb));
        var result = codec.GetPixels(bitmap.Info, bitmap.GetPixels());
        if (result != SKCodecResult.Success)
            throw Bad(name, result == SKCodecResult.IncompleteInput ? PictureHeader.CutShort : $"is damaged ({result}); save or send it again");
        var pixels = bitmap.GetPixelSpan();
        for (var alpha = 3; alpha < pixels.Length; alpha += 4)
        {
            if (pixels[alpha] != byte.MaxValue) throw Bad(name, PictureHeader.Transparent);
        }
        return Picture.FromBitmap(bitmap);
    }

    /// <summary>The picture as its camera was held.</summary>
    private static Picture Oriented(Picture picture, SKEncodedOrigin origin)
    {
        if (origin is SKEncodedOrigin.TopLeft or SKEncodedOrigin.Default) return picture;
        var (width, height) = (picture.Width, picture.Height);
        var turned = origin is SKEncodedOrigin.LeftTop or SKEncodedOrigin.RightTop or SKEncodedOrigin.RightBottom or SKEncodedOrigin.LeftBottom;
        var (newWidth, newHeight) = turned ? (height, width) : (width, height);
        var from = picture.Rgb.Span;
        var to = new byte[from.Length];
        for (var y = 0; y < newHeight; y++)
        {
            for (var x = 0; x < newWidth; x++)
            {
                var (column, row) = origin switch
                {
                    SKEncodedOrigin.TopRight => (width - 1 - x, y),
                    SKEncodedOrigin.BottomRight => (width - 1 - x, height - 1 - y),
                    SKEncodedOrigin.BottomLeft => (x, height - 1 - y),
                    SKEncodedOrigin.LeftTop => (y, x),
                    SKEncodedOrigin.RightTop => (y, height - 1 - x),
                    SKEncodedOrigin.RightBottom => (width - 1 - y, height - 1 - x),
                    _ => (width - 1 - y, x),
                };
                from.Slice(((row * width) + column) * Picture.Channels, Picture.Channels).CopyTo(to.AsSpan(((y * newWidth) + x) * Picture.Channels));
            }
        }
        return new Picture(newWidth, newHeight, to);
    }

    private static PictureFileException Bad(string name, string fault) => new(FormattableString.Invariant($"'{name}' {fault}."));
}
