using System.CommandLine;
using Microsoft.Extensions.Time.Testing;
using RenderFarm.Cli.Output;
using RenderFarm.Cli.Rendering;
using RenderFarm.Cli.Requests;
using RenderFarm.Diffusion.Cascades.Requests;
using RenderFarm.Diffusion.Pictures;
using RenderFarm.Testing;
using Xunit;

namespace RenderFarm.Cli.Tests.Rendering;

public sealed class PreviewFilesTests : IDisposable
{
    private static readonly PictureRequest[] Group = [.. new[] { "a", "b" }.Select(id => new PictureRequest(id, "a star", null, 1, new Dictionary<string, StageSettings>()))];

    private readonly TemporaryFolder _folder = new();
    private readonly FakeTimeProvider _time = new();
    private readonly StringWriter _said = new();
    private readonly PreviewFiles _files;
    private int _made;

    public PreviewFilesTests()
    {
        Terminal? terminal = null;
        var command = new RootCommand();
        command.SetAction(parsed => terminal = Terminal.Of(parsed));
        command.Parse([]).Invoke(new InvocationConfiguration { Output = _said, Error = _said });
        _files = new(PictureFolder.Open(_folder.Path), terminal!, _time);
    }

    private string[] Names => [.. Directory.GetFileSystemEntries(_folder.Path).Select(path => Path.GetFileName(path)).Order(StringComparer.Ordinal)];

    public void Dispose()
    {
        _said.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public void Look_PicturesThatAreDue_AreFilesUntilTheGroupEnds()
    {
        Begin();
        // The first tells what one costs.
        Look(Drawn());
        Assert.Equal(["a-preview.png"], Names);
        _time.Advance(TimeSpan.FromMinutes(10));
        Look(Drawn());
        Assert.Equal(["a-preview.png", "b-preview.png"], Names);
        using (var file = File.OpenRead(_folder.File("b-preview.png")))
            Assert.Equal(1, Picture.ReadPng(file).Rgb.Span[0]);

        _files.End();
        Assert.Empty(Names);
        Assert.Equal("", _said.ToString());
    }

    [Fact]
    public void Look_PreviewsThatAreDear_AreFewByWhatEachSaysThatItCost()
    {
        Begin();
        Look(Drawn(seconds: 60));
        _time.Advance(TimeSpan.FromMinutes(10));
        Look(Drawn(seconds: 60));
        Assert.Equal(1, _made);
    }

    [Fact]
    public void Look_PreviewThatCannotBeMade_IsAWarningAndTheLastOfTheGroup()
    {
        Begin();
        Look(_ => throw new InvalidOperationException("The device has no memory for it."));
        Look(Drawn());

        Assert.Equal(0, _made);
        Assert.Equal("warning: No more previews: The device has no memory for it.", _said.ToString().Trim());
    }

    [Fact]
    public void End_FileThatCannotBeDeleted_IsAWarning()
    {
        Begin();
        Look(Drawn());
        File.Delete(_folder.File("a-preview.png"));
        Directory.CreateDirectory(_folder.File("a-preview.png"));

        _files.End();
        Assert.StartsWith($"warning: {_folder.File("a-preview.png")} stays: ", _said.ToString(), StringComparison.Ordinal);
    }

    private void Begin()
    {
        _files.Begin(Group);
        _time.Advance(TimeSpan.FromMinutes(10));
    }

    private void Look(Func<int, RenderPreview> preview) => _files.Look(new(0, 3, "stage1", 1, 8, 1, [0, 1], 0, 2) { Preview = preview });

    /// <summary>Pictures of which each tells its place.</summary>
    private Func<int, RenderPreview> Drawn(double seconds = 0.001) => place =>
    {
        _made++;
        return new(new Picture(2, 2, [.. Enumerable.Repeat((byte)place, 2 * 2 * Picture.Channels)]), seconds);
    };
}
