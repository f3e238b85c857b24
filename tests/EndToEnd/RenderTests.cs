using RenderFarm.Diffusion.Pictures;
using RenderFarm.Testing;
using Xunit;

namespace RenderFarm.EndToEnd.Tests;

public sealed class RenderTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    [Fact]
    public async Task Render_PromptWithStages_WritesThemWithTheirProvenance()
    {
        var model = TestModel.Quick(_folder);

        using var tool = await RunAsync("render", "a photo of a corgi", "--model", model, "--seed", "7", "--out", "pictures", "--keep-stages", "--dtype", "float32");

        Assert.Equal((0, ""), (tool.ExitCode, tool.Error));
        var files = Directory.GetFiles(_folder.File("pictures")).Select(Path.GetFileName).Order(StringComparer.Ordinal).ToList();
        Assert.Contains("picture.png", files);
        Assert.Contains("picture-stage1.png", files);
        var last = files.Last(file => file!.Contains("-stage", StringComparison.Ordinal))!;
        var (picture, text) = Read("pictures/picture.png");
        Assert.Equal(Read($"pictures/{last}").Picture.Rgb.ToArray(), picture.Rgb.ToArray());
        Assert.Equal(("a photo of a corgi", "7"), (text["prompt"], text["seed"]));
        Assert.Equal(64, text["weights_sha256"].Length);
        Assert.All(["Software", "model", "stage1", "stage2"], key => Assert.NotEmpty(text[key]));
    }

    [Fact]
    public async Task Render_RequestFile_DrawsWhatEachLineSays()
    {
        var model = TestModel.Quick(_folder);
        _folder.Write("requests.jsonl", """
            {"custom_id":"one","prompt":"a photo of a corgi","seed":1}
            {"custom_id":"same","prompt":"a photo of a corgi","seed":1}
            {"custom_id":"fewer","prompt":"a photo of a corgi","seed":1,"stages":{"stage1":{"steps":2}}}
            {"custom_id":"другой/2","prompt":"two blue squares","negative_prompt":"blurry"}
            """);

        using var tool = await RunAsync("render", "--requests", "requests.jsonl", "--model", model, "--seed", "40", "--out", "pictures", "--dtype", "float32");

        Assert.Equal((0, ""), (tool.ExitCode, tool.Error));
        Assert.Equal(4, Directory.GetFiles(_folder.File("pictures")).Length);
        Assert.True(AreNear(Read("pictures/one.png").Picture, Read("pictures/same.png").Picture));
        Assert.False(AreNear(Read("pictures/one.png").Picture, Read("pictures/fewer.png").Picture));
        Assert.Equal("40", Read("pictures/другой%2F2.png").Text["seed"]);
        Assert.Contains("steps=2 ", Read("pictures/fewer.png").Text["stage1"], StringComparison.Ordinal);
    }

    [Fact]
    public async Task Render_BundledModel_DrawsAndSaysWhichWordsItNeverLearned()
    {
        Assert.SkipUnless(TestModel.HasBundled, "No cascade is bundled with this build yet.");

        using var tool = await RunAsync("render", "a big red circle beside a zeppelin on a white background", "--seed", "3");

        Assert.Equal(0, tool.ExitCode);
        Assert.Contains("'zeppelin'", tool.Error, StringComparison.Ordinal);
        Assert.Equal((256, 256), (Read("renders/picture.png").Picture.Width, Read("renders/picture.png").Picture.Height));
    }

    public void Dispose() => _folder.Dispose();

    private Task<ToolProcess> RunAsync(params string[] arguments) => ToolProcess.RunAsync(_folder.Path, arguments);

    private (Picture Picture, IReadOnlyDictionary<string, string> Text) Read(string name)
    {
        using var stream = File.OpenRead(_folder.File(name));
        return (Picture.ReadPng(stream, out var text), text);
    }

    // Rows of a batch may differ by rounding, which can move a value over the border between two levels.
    private static bool AreNear(Picture first, Picture second) =>
        first.Rgb.ToArray().Zip(second.Rgb.ToArray()).All(pair => Math.Abs(pair.First - pair.Second) <= 2);
}
