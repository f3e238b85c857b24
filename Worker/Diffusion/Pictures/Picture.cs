using RenderFarm.Diffusion.Files;
using SkiaSharp;

namespace RenderFarm.Diffusion.Pictures;

/// <summary>A finished picture: 8 bits each of red, green and blue (sRGB), rows from the top.</summary>
public sealed class Picture
{
    /// <summary>Bytes per pixel of <see cref="Rgb"/>.</summary>
    public const int Channels = 3;

    private const int SkiaChannels = 4;

    private readonly byte[] _rgb;

    /// <param name="width">Pixels per row.</param>
    /// <param name="height">Rows.</param>
    /// <param name="rgb">Red, green, blue of each pixel, row by row; kept, not copied.</param>
    /// <exception cref="ArgumentException">There are not 3·width·height bytes.</exception>
    public Picture(int width, int height, byte[] rgb)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(width, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(height, 1);
        ArgumentNullException.ThrowIfNull(rgb);
        if (rgb.Length != (long)width * height * Channels)
        {
            throw new ArgumentException(
                $"A picture of {width} x {height} has {(long)width * height * Channels} bytes; {rgb.Length} were given.", nameof(rgb));
        }
        (Width, Height, _rgb) = (width, height, rgb);
    }

    /// <summary>Pixels per row.</summary>
    public int Width { get; }

    /// <summary>Rows.</summary>
    public int Height { get; }

    internal PictureSize Size => new(Width, Height);

    /// <summary>Red, green, blue of each pixel, row by row.</summary>
    public ReadOnlyMemory<byte> Rgb => _rgb;

    /// <summary>Writes the picture as PNG.</summary>
    /// <param name="stream">Where to; left open.</param>
    /// <param name="text">Keywords (1 to 79 printable Latin-1 characters) with texts to store beside the pixels, or null for none.</param>
    /// <exception cref="ArgumentException">A keyword PNG does not allow.</exception>
    public void WritePng(Stream stream, IEnumerable<KeyValuePair<string, string>>? text = null)
    {
        ArgumentNullException.ThrowIfNull(stream);
        using var bitmap = ToBitmap();
        using var encoded = bitmap.Encode(SKEncodedImageFormat.Png, quality: 100);
        PngText.WriteWith(stream, encoded.AsSpan(), text ?? []);
    }

    /// <summary>As <see cref="WritePng"/>, to a file that appears under its name only when it is complete.</summary>
    public void SavePng(string path, IEnumerable<KeyValuePair<string, string>>? text = null) =>
        AtomicFile.Write(path, stream => WritePng(stream, text));

    /// <summary>Reads a PNG; transparency is dropped.</summary>
    /// <exception cref="InvalidDataException">The stream holds no PNG, or a damaged one.</exception>
    public static Picture ReadPng(Stream stream) => ReadPng(stream, out _);

    /// <summary>As <see cref="ReadPng(Stream)"/>, with the texts stored beside the pixels.</summary>
    public static Picture ReadPng(Stream stream, out IReadOnlyDictionary<string, string> text)
    {
        ArgumentNullException.ThrowIfNull(stream);
        using var memory = new MemoryStream();
        stream.CopyTo(memory);
        text = PngText.Read(memory.ToArray());
        memory.Position = 0;
        using var codec = SKCodec.Create(memory) ?? throw new InvalidDataException("The stream is no picture that can be decoded.");
        // No colour space: the numbers are wanted as they are stored.
        using var bitmap = new SKBitmap(new SKImageInfo(codec.Info.Width, codec.Info.Height, SKColorType.Rgba8888, SKAlphaType.Unpremul, colorspace: null));
        var result = codec.GetPixels(bitmap.Info, bitmap.GetPixels());
        if (result != SKCodecResult.Success) throw new InvalidDataException($"The PNG is damaged ({result}).");
        return FromBitmap(bitmap);
    }

    /// <summary>A copy in Skia's format; the caller owns it.</summary>
    internal SKBitmap ToBitmap()
    {
        var bitmap = new SKBitmap(new SKImageInfo(Width, Height, SKColorType.Rgba8888, SKAlphaType.Opaque, SKColorSpace.CreateSrgb()));
        var pixels = bitmap.GetPixelSpan();
        for (int source = 0, target = 0; source < _rgb.Length; source += Channels, target += SkiaChannels)
        {
            _rgb.AsSpan(source, Channels).CopyTo(pixels[target..]);
            pixels[target + Channels] = byte.MaxValue;
        }
        return bitmap;
    }

    /// <param name="bitmap">In <see cref="SKColorType.Rgba8888"/>.</param>
    internal static Picture FromBitmap(SKBitmap bitmap)
    {
        var rgb = new byte[bitmap.Width * bitmap.Height * Channels];
        var pixels = bitmap.GetPixelSpan();
        for (int target = 0, source = 0; target < rgb.Length; target += Channels, source += SkiaChannels) pixels.Slice(source, Channels).CopyTo(rgb.AsSpan(target));
        return new Picture(bitmap.Width, bitmap.Height, rgb);
    }
}
