using RenderFarm.Diffusion.Pictures;
using RenderFarm.Diffusion.Pictures.Headers;
using RenderFarm.Testing;
using SkiaSharp;
using Xunit;

namespace RenderFarm.Diffusion.Tests.Pictures;

public sealed class PictureFileTests
{
    [Theory]
    [InlineData("cmyk.jpg", "has 4 colour components (CMYK)")]
    [InlineData("animated.gif", "is a GIF picture; expected is PNG, JPEG or WebP")]
    [InlineData("animated.webp", "is animated")]
    [InlineData("animated.png", "is animated")]
    [InlineData("sixteen-bit.png", "has 16 bits a sample")]
    [InlineData("transparent.png", "has transparent pixels")]
    [InlineData("wide.png", "is 30000 x 30000 pixels; expected are sides of at most 8192")]
    public void Read_PictureThatCannotBeStartedFrom_IsRefusedByName(string name, string fault)
    {
        var error = Assert.Throws<PictureFileException>(() => PictureFile.Read(Sample(name), name));

        Assert.StartsWith($"'{name}' {fault}", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Read_TooLargeAPicture_TakesNoMemoryForItsPixels()
    {
        var file = Sample("wide.png");
        var before = GC.GetAllocatedBytesForCurrentThread();

        Assert.Throws<PictureFileException>(() => PictureFile.Read(file, "wide"));

        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 1 << 20);
    }

    [Fact]
    public void Read_TextOrHalfAPicture_IsRefused()
    {
        Assert.Contains("is no picture that can be read", Assert.Throws<PictureFileException>(() => PictureFile.Read("a picture"u8, "x")).Message, StringComparison.Ordinal);
        var png = Encoded(64, 64);
        Assert.Contains("is cut short", Assert.Throws<PictureFileException>(() => PictureFile.Read(png.AsSpan(..(png.Length / 2)), "x")).Message, StringComparison.Ordinal);
        Assert.Contains("bytes; expected are at most", Assert.Throws<PictureFileException>(() => PictureFile.Read(new byte[PictureFile.LargestFile + 1], "x")).Message, StringComparison.Ordinal);
    }

    /// <summary>A PNG says itself whether its bytes are those that were written, so none of its pixels need be decoded to see it.</summary>
    [Theory]
    [InlineData("IHDR", 17)]
    [InlineData("IDAT", 10)]
    [InlineData("IEND", 4)]
    public void Header_PngWithOneBitOfAChunkChanged_IsDamaged(string chunk, int bit)
    {
        var png = Encoded(64, 64);
        PictureHeader.Read(png, out var sound);
        png[png.AsSpan().IndexOf(System.Text.Encoding.ASCII.GetBytes(chunk)) + bit] ^= 1;

        PictureHeader.Read(png, out var fault);

        Assert.Equal((null, "is damaged; save or send it again"), (sound, fault));
    }

    /// <summary>Readers do without a text, so its checksum does not matter to them.</summary>
    [Fact]
    public void Read_PngWithADamagedText_IsRead()
    {
        using var stream = new MemoryStream();
        PngText.WriteWith(stream, Sample("grey.png"), [KeyValuePair.Create("Comment", "a text")]);
        var png = stream.ToArray();
        png[png.AsSpan().IndexOf("a text"u8)] ^= 1;

        Assert.Equal(77, PictureFile.Read(png, "x").Rgb.Span[0]);
    }

    /// <summary>A segment's length counts its own two bytes, so 0 and 1 are none.</summary>
    [Theory]
    [InlineData(0xE1, 0)]
    [InlineData(0xE1, 1)]
    [InlineData(0xFE, 1)]
    public void Read_JpegWithASegmentOfNoLength_IsRefused(byte marker, byte length) => Assert.Contains(
        "'x' is damaged", Assert.Throws<PictureFileException>(() => PictureFile.Read([0xFF, 0xD8, 0xFF, marker, 0, length, 0xFF, 0xD9], "x")).Message, StringComparison.Ordinal);

    [Fact]
    public void Read_EveryByteDamaged_IsReadOrRefused()
    {
        foreach (var name in (string[])["grey.png", "turned.jpg", "opaque-alpha.png"])
        {
            var file = Sample(name);
            for (var at = 0; at < file.Length; at++)
            {
                var damaged = file.ToArray();
                damaged[at] ^= 0xFF;
                try
                {
                    PictureFile.Read(damaged, name);
                }
                catch (PictureFileException)
                {
                    // Said what is wrong.
                }
            }
        }
    }

    [Fact]
    public void Read_OpaqueAlphaAndGrey_GiveTheirColours()
    {
        var opaque = PictureFile.Read(Sample("opaque-alpha.png"), "x");
        Assert.Equal((4, 2), (opaque.Width, opaque.Height));
        Assert.Equal([255, 0, 0, 0, 255, 0], opaque.Rgb[..6].ToArray());
        Assert.All(PictureFile.Read(Sample("grey.png"), "x").Rgb.ToArray(), level => Assert.Equal(77, level));
    }

    /// <summary>Red on the left and blue on the right in the file, which says that its right side is up.</summary>
    [Fact]
    public void Read_CameraHeldSideways_IsTurned()
    {
        var picture = PictureFile.Read(Sample("turned.jpg"), "x");

        Assert.Equal((16, 32), (picture.Width, picture.Height));
        Assert.InRange(picture.Rgb.Span[0], 240, 255);
        Assert.InRange(picture.Rgb.Span[^1], 240, 255);
        Assert.InRange(picture.Rgb.Span[2], 0, 15);
    }

    private static byte[] Sample(string name) => File.ReadAllBytes(Path.Combine(Repository.Root, "tests", "Worker", "Diffusion", "Pictures", "Samples", name));

    private static byte[] Encoded(int width, int height)
    {
        using var bitmap = new SKBitmap(width, height);
        for (var pixel = 0; pixel < width * height; pixel++) bitmap.SetPixel(pixel % width, pixel / width, new SKColor((uint)(0xFF000000 + (pixel * 2654435761))));
        using var data = bitmap.Encode(SKEncodedImageFormat.Png, 100);
        return data.ToArray();
    }
}
