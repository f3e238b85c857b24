using System.Text.Json;
using RenderFarm.Cli.Errors;
using RenderFarm.Cli.Evaluation;
using RenderFarm.Testing;
using Xunit;

namespace RenderFarm.Cli.Tests.Evaluation;

public sealed class EvaluateCommandTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    [Fact]
    public async Task Evaluate_SettingsGiven_DrawsWithThemAndSaysSoInItsReports()
    {
        var run = await RunAsync(
            "--captions", "1", "--split", "seen", "--objects", "1", "--seed", "9", "--dtype", "float32", "--steps", "stage1=2", "--steps", "stage2=1", "--steps", "stage3=1",
            "--guidance", "stage1=3.5", "--noise-level", "stage2=20");

        Assert.True(run.Code == ExitCode.Success, run.Said);
        Assert.Equal(["contact-sheet.png", "report.json", "report.txt"], Directory.GetFiles(_folder.File("out")).Select(Path.GetFileName).Order(StringComparer.Ordinal));
        using var report = JsonDocument.Parse(await File.ReadAllBytesAsync(_folder.File("out/report.json"), TestContext.Current.CancellationToken));
        var (root, model) = (report.RootElement, report.RootElement.GetProperty("model"));
        Assert.Equal((1, 9), (root.GetProperty("plan").GetProperty("mostObjects").GetInt32(), root.GetProperty("plan").GetProperty("seed").GetInt32()));
        Assert.Equal("shapes", model.GetProperty("name").GetString());
        Assert.Matches("^[0-9a-f]{64}$", model.GetProperty("weightsSha256").GetString());
        var stages = model.GetProperty("stages");
        Assert.Equal((2, 3.5, "float32"), (stages[0].GetProperty("steps").GetInt32(), stages[0].GetProperty("guidance").GetDouble(), stages[0].GetProperty("dtype").GetString()));
        Assert.Equal((1, 20), (stages[1].GetProperty("steps").GetInt32(), stages[1].GetProperty("noiseLevel").GetInt32()));
        var text = await File.ReadAllTextAsync(_folder.File("out/report.txt"), TestContext.Current.CancellationToken);
        Assert.StartsWith($"shapes, weights {model.GetProperty("weightsSha256").GetString()}\n", text, StringComparison.Ordinal);
        Assert.Contains("noise_level=20", text, StringComparison.Ordinal);
        Assert.Contains($"most objects 1, seed 9; RenderFarm {root.GetProperty("version").GetString()}", text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Evaluate_Curve_EvaluatesAtEachValueAndDrawsQualityAgainstIt()
    {
        var run = await RunAsync(
            "--captions", "1", "--split", "seen", "--objects", "1", "--dtype", "float32", "--steps", "stage2=1", "--steps", "stage3=1", "--curve", "stage1.steps=2,1");

        Assert.True(run.Code == ExitCode.Success, run.Said);
        Assert.Equal(
            ["curve.csv", "curve.png", "stage1.steps=1", "stage1.steps=2"], Directory.GetFileSystemEntries(_folder.File("out")).Select(Path.GetFileName).Order(StringComparer.Ordinal));
        foreach (var steps in (int[])[1, 2])
        {
            var text = await File.ReadAllTextAsync(_folder.File($"out/stage1.steps={steps}/report.txt"), TestContext.Current.CancellationToken);
            Assert.Contains($"stage1: sampler=dpm-solver++ steps={steps} ", text, StringComparison.Ordinal);
        }
        Assert.Contains("stage1.steps 2: objects fully right", run.Said, StringComparison.Ordinal);
    }

    /// <summary>A variation has no words, so without its reference there would be nothing to draw.</summary>
    [Fact]
    public async Task Evaluate_Variations_ShowsTheCascadeTheirReferences()
    {
        var run = await RunAsync(
            "--variations", "--world", "wide", "--captions", "1", "--split", "seen", "--dtype", "float32", "--steps", "stage1=2", "--steps", "stage2=1", "--steps", "stage3=1");

        Assert.True(run.Code == ExitCode.Success, run.Said);
        Assert.Contains("1 variations a split, wide world", run.Said, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Evaluate_VariationsByAModelThatDoesNotSee_AreRefused()
    {
        var bundled = Path.Combine(Repository.Root, "Worker", "Models", "shapes");
        foreach (var file in Directory.EnumerateFiles(bundled, "*", SearchOption.AllDirectories).Where(file => !file.Contains("/image_encoder/", StringComparison.Ordinal) && !file.Contains("/fusion/", StringComparison.Ordinal)))
        {
            var target = _folder.File(Path.Combine("blind", Path.GetRelativePath(bundled, file)));
            Directory.CreateDirectory(Path.GetDirectoryName(target)!);
            File.CreateSymbolicLink(target, file);
        }

        var run = await RunAsync("--variations", "--model", _folder.File("blind"), "--captions", "1");

        Assert.Equal(ExitCode.Failure, run.Code);
        Assert.Contains("has no image encoder and fusion from whose words all its stages draw, so it draws from no reference; leave --variations out", run.Said, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("--curve is 'guidance=1,2'", "--curve", "guidance=1,2")]
    [InlineData("--guidance is 'stage1=200'", "--curve", "stage1.guidance=1,200")]
    [InlineData("Both --truth and --curve are given", "--curve", "stage1.guidance=1,2", "--truth")]
    [InlineData("--objects is 0; expected is 1 to 3", "--objects", "0")]
    [InlineData("--objects is 4; expected is 1 to 3", "--objects", "4")]
    [InlineData("--objects is 6; expected is 1 to 5", "--objects", "6", "--world", "wide")]
    [InlineData("--objects is 1; with --edits", "--objects", "1", "--edits")]
    [InlineData("--noise-level is 'stage1=10', but the first stage", "--noise-level", "10")]
    [InlineData("--noise-level is 'stage2=1000'", "--noise-level", "stage2=1000")]
    [InlineData("--noise-level is 'stage2=-1'", "--noise-level", "stage2=-1")]
    [InlineData("There are settings for 'stage9'", "--noise-level", "stage9=10", "--captions", "1")]
    public async Task Evaluate_WhatCannotBe_IsRefused(string expected, params string[] arguments)
    {
        var run = await RunAsync(arguments);

        Assert.Equal(ExitCode.Failure, run.Code);
        Assert.Contains(expected, Assert.Single(run.ErrorLines), StringComparison.Ordinal);
        Assert.Empty(Directory.GetFiles(_folder.Path, "*", SearchOption.AllDirectories));
    }

    public void Dispose() => _folder.Dispose();

    private Task<CommandRun> RunAsync(params string[] arguments) => CommandRun.OfAsync(EvaluateCommand.Create(), ["--out", _folder.File("out"), .. arguments]);
}
