using RenderFarm.Diffusion.Pictures;
using SkiaSharp;
using Xunit;

namespace RenderFarm.Diffusion.Tests.Pictures;

public sealed class PictureTests
{
    [Theory]
    [InlineData(1, 1)]
    [InlineData(17, 5)]
    [InlineData(64, 64)]
    public void WritePng_ReadBack_HasTheSamePixels(int width, int height)
    {
        var picture = Noise(width, height);

        var read = Picture.ReadPng(Encoded(picture, []), out var text);

        Assert.Equal((width, height), (read.Width, read.Height));
        Assert.Equal(picture.Rgb, read.Rgb);
        Assert.Empty(text);
    }

    [Fact]
    public void WritePng_WithTexts_StoresThemForAnyLanguage()
    {
        var texts = new Dictionary<string, string> { ["prompt"] = "ein Kätzchen 🐈 на 雪\nzweite Zeile", ["seed"] = "7", ["empty"] = "" };

        Picture.ReadPng(Encoded(Noise(3, 3), texts), out var read);

        Assert.Equal(texts, read);
    }

    [Fact]
    public void WritePng_WithTexts_IsReadBySkiaWithoutComplaint()
    {
        var picture = Noise(8, 8);
        using var bitmap = SKBitmap.Decode(Encoded(picture, new() { ["prompt"] = "a" }));
        Assert.Equal(picture.Rgb.Span[..3].ToArray(), new[] { bitmap.GetPixel(0, 0).Red, bitmap.GetPixel(0, 0).Green, bitmap.GetPixel(0, 0).Blue });
    }

    [Theory]
    [InlineData("")]
    [InlineData("日本")]
    [InlineData("12345678901234567890123456789012345678901234567890123456789012345678901234567890")]
    [InlineData("two\nlines")]
    public void WritePng_KeywordThatPngDoesNotAllow_IsRefused(string keyword) =>
        Assert.Throws<ArgumentException>(() => Encoded(Noise(2, 2), new() { [keyword] = "x" }));

    [Fact]
    public void ReadPng_CutShort_IsRefused()
    {
        var whole = Encoded(Noise(32, 32), []).ToArray();
        Assert.Throws<InvalidDataException>(() => Picture.ReadPng(new MemoryStream(whole[..(whole.Length / 2)])));
        Assert.Throws<InvalidDataException>(() => Picture.ReadPng(new MemoryStream("GIF89a"u8.ToArray())));
        Assert.Throws<InvalidDataException>(() => Picture.ReadPng(new MemoryStream()));
    }

    [Fact]
    public void SavePng_OverAnOlderFile_LeavesNothingElseBehind()
    {
        using var folder = new TemporaryFolder();
        var picture = Noise(4, 4);
        File.WriteAllText(folder["picture.png"], "older");

        picture.SavePng(folder["picture.png"]);

        using var stream = File.OpenRead(folder["picture.png"]);
        Assert.Equal(picture.Rgb, Picture.ReadPng(stream).Rgb);
        Assert.Single(Directory.GetFileSystemEntries(folder.Root));
    }

    [Fact]
    public void SavePng_ThatFails_KeepsTheOlderFile()
    {
        using var folder = new TemporaryFolder();
        File.WriteAllText(folder["picture.png"], "older");

        Assert.Throws<ArgumentException>(() => Noise(4, 4).SavePng(folder["picture.png"], new Dictionary<string, string> { [""] = "x" }));

        Assert.Equal("older", File.ReadAllText(folder["picture.png"]));
        Assert.Single(Directory.GetFileSystemEntries(folder.Root));
    }

    [Fact]
    public void Constructor_WrongNumberOfBytes_NamesBothNumbers()
    {
        var error = Assert.Throws<ArgumentException>(() => new Picture(2, 2, new byte[11]));
        Assert.Contains("12", error.Message, StringComparison.Ordinal);
        Assert.Contains("11", error.Message, StringComparison.Ordinal);
    }

    internal static Picture Noise(int width, int height)
    {
        var rgb = new byte[width * height * 3];
        new Random(width + height).NextBytes(rgb);
        return new Picture(width, height, rgb);
    }

    private static MemoryStream Encoded(Picture picture, Dictionary<string, string> texts)
    {
        var stream = new MemoryStream();
        picture.WritePng(stream, texts);
        stream.Position = 0;
        return stream;
    }
}
