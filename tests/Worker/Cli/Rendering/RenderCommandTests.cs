using RenderFarm.Cli.Errors;
using RenderFarm.Cli.Rendering;
using RenderFarm.Diffusion.Pictures;
using RenderFarm.Testing;
using Xunit;

namespace RenderFarm.Cli.Tests.Rendering;

/// <summary>The bundled cascade, shown a red disc.</summary>
public sealed class RenderCommandTests : IDisposable
{
    private const int Side = 64;

    private readonly TemporaryFolder _folder = new();

    [Fact]
    public async Task Render_Reference_DrawsWhatItShowsOrWhatTheWordsMakeOfIt()
    {
        WriteDisc("seen.png");

        var run = await RunAsync("--reference", _folder.File("seen.png"), "--seed", "1");
        Assert.True(run.Code == ExitCode.Success, run.Said);
        Assert.Contains("(seed 1; read as: a big red circle in the centre on a white background)", run.Said, StringComparison.Ordinal);
        Assert.InRange(Middle().Red - Middle().Blue, 150, 255);

        run = await RunAsync("--reference", _folder.File("seen.png"), "--seed", "1", "the same in blue");
        Assert.True(run.Code == ExitCode.Success, run.Said);
        Assert.Contains("a big blue circle", run.Said, StringComparison.Ordinal);
        Assert.InRange(Middle().Blue - Middle().Red, 150, 255);
    }

    [Theory]
    [InlineData("animated.png", "is animated")]
    [InlineData("wide.png", "is 30000 x 30000 pixels")]
    [InlineData("animated.gif", "is a GIF picture")]
    public async Task Render_ReferenceThatCannotBeUsed_IsRefusedBeforeAnythingIsWritten(string name, string fault)
    {
        var run = await RunAsync("--reference", Path.Combine(Repository.Root, "tests", "Worker", "Diffusion", "Pictures", "Samples", name), "the same in blue");

        Assert.Equal(ExitCode.Failure, run.Code);
        Assert.Contains(fault, Assert.Single(run.ErrorLines), StringComparison.Ordinal);
        Assert.False(Directory.Exists(_folder.File("out")));
    }

    [Fact]
    public async Task Render_ReferenceBesideRequests_IsRefused()
    {
        WriteDisc("seen.png");

        var run = await RunAsync("--reference", _folder.File("seen.png"), "--requests", _folder.Write("r.jsonl", "{\"prompt\":\"a\"}"));

        Assert.Equal(ExitCode.Failure, run.Code);
        Assert.Contains("in the lines of --requests they are 'reference'", run.Said, StringComparison.Ordinal);
    }

    public void Dispose() => _folder.Dispose();

    private (int Red, int Blue) Middle()
    {
        var picture = PictureFile.Read(File.ReadAllBytes(_folder.File("out/picture.png")), "picture");
        var at = (picture.Height / 2 * picture.Width + picture.Width / 2) * Picture.Channels;
        return (picture.Rgb.Span[at], picture.Rgb.Span[at + 2]);
    }

    private void WriteDisc(string name)
    {
        var rgb = Enumerable.Repeat(byte.MaxValue, Side * Side * Picture.Channels).ToArray();
        for (var pixel = 0; pixel < Side * Side; pixel++)
        {
            var (x, y) = (pixel % Side - Side / 2 + 0.5, pixel / Side - Side / 2 + 0.5);
            if (x * x + y * y < Side * Side / 25.0) (rgb[pixel * 3], rgb[pixel * 3 + 1], rgb[pixel * 3 + 2]) = (220, 30, 30);
        }
        using var png = new MemoryStream();
        new Picture(Side, Side, rgb).WritePng(png);
        _folder.Write(name, png.ToArray());
    }

    private Task<CommandRun> RunAsync(params string[] arguments) => CommandRun.OfAsync(RenderCommand.Create(), ["--dtype", "float32", "--out", _folder.File("out"), .. arguments]);
}
