using RenderFarm.Diffusion.Pictures;
using RenderFarm.Testing;
using Xunit;

namespace RenderFarm.EndToEnd.Tests;

/// <summary>The recorded DALL-E Mini with the built tool.</summary>
public sealed class DalleMiniTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Inspect_Model_SaysWhatItHolds()
    {
        using var tool = await RunAsync("inspect", Model());

        Assert.Equal((0, ""), (tool.ExitCode, tool.Error));
        Assert.All(["tokens", "transformer", "vqgan", "128 x 128", "Complete"], word => Assert.Contains(word, tool.Output, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Inspect_FolderAsPublishedWithoutVqgan_SaysWhatIsMissing()
    {
        foreach (var file in Directory.GetFiles(Reference.PathOf("dalle-mini", "model"))) File.CreateSymbolicLink(_folder.File(Path.GetFileName(file)), file);

        using var tool = await RunAsync("inspect", _folder.Path);

        Assert.Equal(1, tool.ExitCode);
        Assert.Contains(Path.Combine("vqgan", "config.json"), tool.Error.ReplaceLineEndings(""), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Farm_JobsOfMixedSettings_DrawsWhatTheToolDraws()
    {
        var model = Model();
        _folder.Write("requests.jsonl", """
            {"custom_id":"plain","prompt":"a red fox wearing a hat","seed":7}
            {"custom_id":"greedy","prompt":"an armchair in the shape of an avocado","seed":8,"stages":{"stage1":{"temperature":0,"guidance":3}}}
            {"custom_id":"few","prompt":"a castle","negative_prompt":"a dog","seed":9,"stages":{"stage1":{"top_k":4,"temperature":0.5}}}
            """);
        using var farm = ToolProcess.Start(_folder.Path, "serve", "--port", "0", "--data", "data", "--model", model);
        var address = await farm.AddressAsync();

        using var submit = await RunAsync("submit", "requests.jsonl", "--url", address.ToString(), "--wait", "--out", "farm");
        using var render = await RunAsync("render", "--requests", "requests.jsonl", "--model", model, "--out", "tool");

        Assert.Equal((0, "", 0, ""), (submit.ExitCode, submit.Error, render.ExitCode, render.Error));
        Assert.Contains("done 3 of 3", submit.Output, StringComparison.Ordinal);
        foreach (var name in new[] { "plain", "greedy", "few" })
        {
            var (expected, actual) = (Read($"tool/{name}.png"), Read($"farm/{name}.png"));
            Assert.True(AreNear(expected.Picture, actual.Picture), name);
            Assert.Equal(expected.Text["stage1"], actual.Text["stage1"]);
        }
        Assert.StartsWith("steps=64 guidance=10 ", Read("farm/plain.png").Text["stage1"], StringComparison.Ordinal);
        Assert.EndsWith("top_k=4 temperature=0.5", Read("farm/few.png").Text["stage1"], StringComparison.Ordinal);
    }

    private string Model()
    {
        var model = Directory.CreateDirectory(_folder.File("model")).FullName;
        Directory.CreateSymbolicLink(Path.Combine(model, "mini"), Reference.PathOf("dalle-mini", "model"));
        File.WriteAllText(Path.Combine(model, "cascade.json"), """{"name": "tokens", "stages": ["mini"], "defaults": {"stage1": {"top_k": 40}}}""");
        return model;
    }

    private Task<ToolProcess> RunAsync(params string[] arguments) => ToolProcess.RunAsync(_folder.Path, arguments);

    private (Picture Picture, IReadOnlyDictionary<string, string> Text) Read(string name)
    {
        using var stream = File.OpenRead(_folder.File(name));
        return (Picture.ReadPng(stream, out var text), text);
    }

    // Rows of a batch may differ by rounding, which can move a value over the border between two levels.
    private static bool AreNear(Picture first, Picture second) =>
        first.Rgb.ToArray().Zip(second.Rgb.ToArray()).All(pair => Math.Abs(pair.First - pair.Second) <= 1);
}
