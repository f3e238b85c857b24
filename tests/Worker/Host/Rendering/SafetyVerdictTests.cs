using RenderFarm.Contracts.Jobs;
using RenderFarm.Diffusion.Cascades;
using RenderFarm.Diffusion.Pictures;
using RenderFarm.FarmTesting;
using RenderFarm.Testing;
using RenderFarm.Worker.Rendering;
using Xunit;
using static TorchSharp.torch;

namespace RenderFarm.Worker.Tests.Rendering;

/// <summary>A farm whose model has a safety checker. Of the two pictures diffusers' checker flags the first: Safety/Goldens/checker.md.</summary>
public sealed class SafetyVerdictTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Job_OfAModelWithASafetyChecker_SaysWhatItSaidAndShowsNothingThatIsFlagged()
    {
        using var renderer = new CascadeRenderer(Model(), new CascadeOptions { Device = CPU, Dtype = ScalarType.Float32 });
        await using var farm = await FarmHost.StartAsync(_folder.Path, [renderer]);

        var batch = await farm.SubmitAsync(
            """{"custom_id": "flagged", "prompt": "a red box", "seed": 21, "stages": {"stage1": {"prior_steps": 4, "steps": 5, "super_resolution_steps": 3}}}""",
            """{"custom_id": "passed", "prompt": "box", "seed": 23, "stages": {"stage1": {"prior_steps": 4, "steps": 5, "super_resolution_steps": 3, "guidance": 1, "prior_guidance": 1}}}""");
        await farm.FinishedAsync(batch.Id);
        var jobs = (await farm.JobsAsync(batch.Id)).ToDictionary(job => job.CustomId);

        Assert.All(jobs.Values, job => Assert.Equal((JobState.Succeeded, 64), (job.State, job.Provenance["safety_checker_sha256"].Length)));
        Assert.Equal(("unsafe", "passed"), (jobs["flagged"].Provenance["safety"], jobs["passed"].Provenance["safety"]));
        var (flagged, flaggedText) = await ReadAsync(farm, jobs["flagged"]);
        var (passed, passedText) = await ReadAsync(farm, jobs["passed"]);
        Assert.Equal(("unsafe", "passed"), (flaggedText["safety"], passedText["safety"]));
        Assert.All(flagged.Rgb.ToArray(), level => Assert.Equal(0, level));
        Assert.True(passed.Rgb.ToArray().Distinct().Count() > 30, "A picture that passed was changed.");
    }

    private static async Task<(Picture Picture, IReadOnlyDictionary<string, string> Text)> ReadAsync(FarmHost farm, JobStatus job)
    {
        using var png = new MemoryStream(await farm.Client.GetByteArrayAsync(new Uri(Assert.Single(job.Outputs).Url, UriKind.Relative), TestContext.Current.CancellationToken));
        return (Picture.ReadPng(png, out var text), text);
    }

    private string Model()
    {
        var goldens = Path.Combine(Repository.Root, "tests", "Worker", "Diffusion");
        Directory.CreateDirectory(_folder.File("model"));
        Directory.CreateSymbolicLink(_folder.File("model/karlo"), Path.Combine(goldens, "UnClip", "Goldens", "karlo"));
        foreach (var part in new[] { "safety_checker", "feature_extractor" })
            Directory.CreateSymbolicLink(_folder.File($"model/{part}"), Path.Combine(goldens, "Safety", "Goldens", "checker", part));
        _folder.Write("model/cascade.json", """{"name": "guarded", "stages": ["karlo"], "safety_checker": "safety_checker"}""");
        return _folder.File("model");
    }
}
