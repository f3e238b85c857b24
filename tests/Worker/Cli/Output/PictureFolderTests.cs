using RenderFarm.Cli.Errors;
using RenderFarm.Cli.Output;
using RenderFarm.Testing;
using Xunit;

namespace RenderFarm.Cli.Tests.Output;

public sealed class PictureFolderTests
{
    [Theory]
    [InlineData("01-red-star", "01-red-star")]
    [InlineData("звезда 星", "звезда 星")]
    [InlineData("../up", "%2E.%2Fup")]
    [InlineData("a/b\\c:d", "a%2Fb%5Cc%3Ad")]
    [InlineData("100%", "100%25")]
    [InlineData("tab\t", "tab%09")]
    public void FileNameOf_Name_StaysInTheFolder(string customId, string expected) => Assert.Equal(expected, PictureFolder.FileNameOf(customId));

    [Fact]
    public void FileNameOf_LongNames_AreCutAndStayDifferent()
    {
        var (first, second) = (PictureFolder.FileNameOf(new string('星', 127) + "1"), PictureFolder.FileNameOf(new string('星', 127) + "2"));

        Assert.NotEqual(first, second);
        Assert.All([first, second], name => Assert.InRange(System.Text.Encoding.UTF8.GetByteCount(name), 1, 200));
    }

    [Fact]
    public void Open_PathThroughAFile_SaysThatItCannotBeWrittenTo()
    {
        using var folder = new TemporaryFolder();
        var file = folder.Write("file", "");

        var error = Assert.Throws<ToolException>(() => PictureFolder.Open(Path.Combine(file, "sub")));

        Assert.Contains("cannot be written to", error.Message, StringComparison.Ordinal);
        Assert.Contains("--out", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task WriteAsync_WriterFails_LeavesNothingAndTheOlderFileAsItWas()
    {
        using var folder = new TemporaryFolder();
        folder.Write("a.png", "older");
        var pictures = PictureFolder.Open(folder.Path);

        await Assert.ThrowsAsync<IOException>(() => pictures.WriteAsync("a.png", async stream =>
        {
            await stream.WriteAsync(new byte[10], TestContext.Current.CancellationToken);
            throw new IOException("broken");
        }));

        Assert.Equal([folder.File("a.png")], Directory.GetFiles(folder.Path));
        Assert.Equal("older", await File.ReadAllTextAsync(folder.File("a.png"), TestContext.Current.CancellationToken));
    }
}
