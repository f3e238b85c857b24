using SkiaSharp;

namespace RenderFarm.Diffusion.Pictures;

/// <summary>
/// Reads pictures that come from outside: PNG, JPEG and WebP with 8 bits each of red, green, blue or grey. All that a file says about itself is
/// looked at before memory for its pixels is taken. A colour profile is converted to sRGB, a camera's orientation is applied.
/// </summary>
public static class PictureFile
{
    /// <summary>Largest file in bytes: 32 MiB.</summary>
    public const int LargestFile = 32 << 20;

    /// <summary>Longest side in pixels.</summary>
    public const int LongestSide = 8192;

    /// <summary>Most pixels: those of a square of 4096.</summary>
    public const long MostPixels = 4096L * 4096;

    private static readonly SKEncodedImageFormat[] Kinds = [SKEncodedImageFormat.Png, SKEncodedImageFormat.Jpeg, SKEncodedImageFormat.Webp];

    /// <summary>Reads a picture.</summary>
    /// <param name="file">The encoded bytes.</param>
    /// <param name="name">What to call the file in errors.</param>
    /// <exception cref="PictureFileException">It is of another kind, too large, animated, transparent, CMYK, of 16 bits, cut short or damaged.</exception>
    public static Picture Read(ReadOnlySpan<byte> file, string name)
    {
        if (file.Length > LargestFile) throw Bad(name, $"has {file.Length:N0} bytes; expected are at most {LargestFile:N0}. Make it smaller");
        using var data = SKData.CreateCopy(file);
        using var codec = SKCodec.Create(data);
        if (codec is null || !Kinds.Contains(codec.EncodedFormat))
            throw Bad(name, $"is {(codec is null ? "no picture that can be read" : $"a {codec.EncodedFormat} picture")}; expected is PNG, JPEG or WebP");
        CheckSize(codec.Info.Width, codec.Info.Height, name);
        if (PictureFileHeader.FaultOf(file) is { } fault) throw Bad(name, fault);
        if (codec.FrameCount > 1) throw Bad(name, $"is animated, with {codec.FrameCount} frames; expected is a single picture");
        return Oriented(Decode(codec, name), codec.EncodedOrigin);
    }

    private static void CheckSize(int width, int height, string name)
    {
        if (width <= LongestSide && height <= LongestSide && (long)width * height <= MostPixels) return;
        throw Bad(name, $"is {width} x {height} pixels; expected are sides of at most {LongestSide} and at most {MostPixels:N0} pixels in all. Make it smaller");
    }

    private static Picture Decode(SKCodec codec, string name)
    {
        using var srgb = SKColorSpace.CreateSrgb();
        using var bitmap = new SKBitmap(new SKImageInfo(codec.Info.Width, codec.Info.Height, SKColorType.Rgba8888, SKAlphaType.Unpremul, srgb));
        var result = codec.GetPixels(bitmap.Info, bitmap.GetPixels());
        if (result != SKCodecResult.Success)
            throw Bad(name, $"is {(result == SKCodecResult.IncompleteInput ? "cut short" : $"damaged ({result})")}; save or send it again");
        var pixels = bitmap.GetPixelSpan();
        for (var alpha = 3; alpha < pixels.Length; alpha += 4)
        {
            if (pixels[alpha] != byte.MaxValue) throw Bad(name, "has transparent pixels; flatten it onto a background first");
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
