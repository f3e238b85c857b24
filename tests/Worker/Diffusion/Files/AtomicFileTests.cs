using RenderFarm.Diffusion.Files;
using RenderFarm.Testing;
using Xunit;

namespace RenderFarm.Diffusion.Tests.Files;

public sealed class AtomicFileTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    [Fact]
    public void Write_Content_ReplacesTheOlderFile()
    {
        File.WriteAllText(_folder["a.txt"], "older and longer");

        AtomicFile.Write(_folder["a.txt"], file => file.Write("new"u8));

        Assert.Equal("new", File.ReadAllText(_folder["a.txt"]));
        Assert.Equal([_folder["a.txt"]], Directory.GetFiles(_folder.Root));
    }

    [Fact]
    public void Dispose_NotComplete_LeavesTheOlderFileAndNothingElse()
    {
        File.WriteAllText(_folder["a.txt"], "older");

        using (var file = new AtomicFile(_folder["a.txt"])) file.Content.Write("new"u8);
        Assert.Throws<InvalidTimeZoneException>(() => AtomicFile.Write(_folder["a.txt"], _ => throw new InvalidTimeZoneException()));

        Assert.Equal("older", File.ReadAllText(_folder["a.txt"]));
        Assert.Equal([_folder["a.txt"]], Directory.GetFiles(_folder.Root));
    }

    [Theory]
    [InlineData(1)] // fits into the stream's buffer, and fails when that is written
    [InlineData(1 << 20)]
    public void Write_DiskFull_SaysSoAndLeavesNothing(int bytes)
    {
        using var disk = TinyDisk.Mount(_folder["disk"], "64k");
        disk.Fill();

        Assert.Throws<IOException>(() => AtomicFile.Write(Path.Combine(disk.Path, "a.txt"), file =>
        {
            file.Write("head"u8);
            file.Write(new byte[bytes]);
        }));

        Assert.Equal(["filler"], Directory.GetFiles(disk.Path).Select(Path.GetFileName));
    }

    [Fact]
    public void Write_LongestFileName_NeedsNoLongerOne()
    {
        var name = new string('a', 255);
        AtomicFile.Write(_folder[name], file => file.Write("x"u8));
        Assert.True(File.Exists(_folder[name]));
    }

    public void Dispose() => _folder.Dispose();
}
