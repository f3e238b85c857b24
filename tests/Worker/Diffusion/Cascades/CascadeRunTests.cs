using System.Security.Cryptography;
using RenderFarm.Diffusion.Cascades;
using RenderFarm.Diffusion.Cascades.Requests;
using RenderFarm.Diffusion.Sampling;
using RenderFarm.Testing;
using Xunit;
using static TorchSharp.torch;

namespace RenderFarm.Diffusion.Tests.Cascades;

/// <summary>How calls are batched, reported, cancelled and checked.</summary>
public sealed class CascadeRunTests(SharedCascade shared) : IClassFixture<SharedCascade>
{
    private static readonly Dictionary<string, StageSettings> TwoSteps = new() { ["stage1"] = new() { Steps = 2 }, ["stage2"] = new() { Steps = 2 } };

    [Fact]
    public void Render_Progress_CountsStepsOfEveryStage()
    {
        var cascade = shared.Cascade;
        var seen = new List<RenderProgress>();

        cascade.Draw([Request(0), Request(1)], seen.Add);

        Assert.Equal([("stage1", 1, 2), ("stage1", 2, 2), ("stage2", 1, 2), ("stage2", 2, 2)], seen.Select(step => (step.StageKey, step.Step, step.Steps)));
        Assert.All(seen, step => Assert.Equal((2, 2), (step.StageCount, step.Total)));
        Assert.All(seen, step => Assert.Equal([0, 1], step.Batch));
    }

    [Fact]
    public void Render_MoreThanABatch_IsSplit()
    {
        using var cascade = ReferenceCascade.Load(new CascadeOptions { Dtype = ScalarType.Float32, MaxBatch = 2 });
        var batches = new List<string>();

        cascade.Draw([.. Enumerable.Range(0, 5).Select(Request)], step => batches.Add($"{step.StageKey}:{string.Join(',', step.Batch)}:{step.Finished}"));

        Assert.Equal(
            ["stage1:0,1:0", "stage2:0,1:0", "stage1:2,3:2", "stage2:2,3:2", "stage1:4:4", "stage2:4:4"], batches.Distinct());
    }

    [Fact]
    public void Render_DifferentSteps_AreDrawnApartButReturnedInOrder()
    {
        var cascade = shared.Cascade;
        var more = Request(1) with { Settings = new Dictionary<string, StageSettings> { ["stage1"] = new() { Steps = 3 }, ["stage2"] = new() { Steps = 2 } } };
        var batches = new List<string>();

        var results = cascade.Draw([Request(0), more, Request(2)], step => batches.Add(string.Join(',', step.Batch)));

        Assert.Equal(["0,2", "1"], batches.Distinct());
        Assert.Equal([2, 3, 2], results.Select(result => result.Provenance.Stages[0].Steps));
        Assert.Equal([40L, 41, 42], results.Select(result => result.Request.Seed));
    }

    [Fact]
    public void Render_SamePromptsAgain_EncodesEachOnce()
    {
        using var fresh = ReferenceCascade.Load();
        fresh.Draw([Request(0), Request(0) with { Seed = 1 }, Request(1)]);
        Assert.Equal(4, fresh.PromptsEncoded);
        fresh.Draw([Request(1)]);
        Assert.Equal(4, fresh.PromptsEncoded);
    }

    [Fact]
    public void Render_WithoutRoomForStates_EncodesAgainInTheNextCallOnly()
    {
        using var cascade = ReferenceCascade.Load(new CascadeOptions { Dtype = ScalarType.Float32, TextCacheBytes = 0 });
        cascade.Draw([Request(0)]);
        Assert.Equal(2, cascade.PromptsEncoded);
        cascade.Draw([Request(0)]);
        Assert.Equal(4, cascade.PromptsEncoded);
    }

    [Fact]
    public void Render_NoGuidance_NeverEncodesTheNegativePrompt()
    {
        using var fresh = ReferenceCascade.Load();
        var settings = TwoSteps.ToDictionary(pair => pair.Key, pair => pair.Value with { Guidance = 1 });
        fresh.Draw([Request(1) with { Settings = settings }]);
        Assert.Equal(1, fresh.PromptsEncoded);
    }

    [Fact]
    public void Render_CallCancelled_StopsAfterTheStep()
    {
        var cascade = shared.Cascade;
        using var source = new CancellationTokenSource();
        var steps = 0;

        Assert.Throws<OperationCanceledException>(() => cascade.Render([Request(0)], _ => { steps++; source.Cancel(); }, source.Token));

        Assert.Equal(1, steps);
        Assert.False(cascade.Draw([Request(0)])[0].Canceled);
    }

    [Fact]
    public void Render_OnePictureCancelled_LeavesTheOthersAsTheyWere()
    {
        var cascade = shared.Cascade;
        using var source = new CancellationTokenSource();
        var expected = cascade.Draw([Request(0)])[0].Picture;

        var results = cascade.Draw([Request(0), Request(1) with { CancellationToken = source.Token }], step => { if (step.Stage == 0) source.Cancel(); });

        Assert.Equal([false, true], results.Select(result => result.Canceled));
        PictureAssert.Close(expected, results[0].Picture, 1);
        Assert.Equal(["stage1"], results[1].Stages.Select(stage => stage.Key));
    }

    [Fact]
    public void Render_OnePictureCancelledInTheLastStage_IsNotDelivered()
    {
        var cascade = shared.Cascade;
        using var source = new CancellationTokenSource();

        var results = cascade.Draw([Request(0), Request(1) with { CancellationToken = source.Token }], step => { if (step is { Stage: 1, Step: 2 }) source.Cancel(); });

        Assert.Equal([false, true], results.Select(result => result.Canceled));
    }

    [Fact]
    public void Render_EveryPictureCancelled_StopsWithinTheStage()
    {
        var cascade = shared.Cascade;
        using var source = new CancellationTokenSource();
        var steps = 0;

        var result = Assert.Single(cascade.Draw([Request(0) with { CancellationToken = source.Token }], _ => { steps++; source.Cancel(); }));

        Assert.True(result.Canceled);
        Assert.Empty(result.Stages);
        Assert.Equal(1, steps);
    }

    [Fact]
    public void Render_Nothing_ReturnsNothing()
    {
        var cascade = shared.Cascade;
        Assert.Empty(cascade.Draw([]));
    }

    public static TheoryData<string, StageSettings, string> Impossible => new()
    {
        { "stage1", new() { Steps = 0 }, "stage1: steps is 0" },
        { "stage2", new() { Steps = 1001 }, "stage2: steps is 1001" },
        { "stage1", new() { Guidance = double.NaN }, "guidance is NaN" },
        { "stage1", new() { Guidance = -1 }, "guidance is -1" },
        { "stage1", new() { Guidance = 1e300 }, "guidance is 1E+300; expected 0 to 1000" },
        { "stage1", new() { NoiseLevel = 3 }, "noise_level is 3" },
        { "stage2", new() { NoiseLevel = 1000 }, "noise_level is 1000" },
        { "stage1", new() { Sampler = "plms" }, "sampler is 'plms'" },
        { "stage1", new() { Sampler = "dpm-solver++", Steps = 1000 }, "stage1: steps is 1000" },
        { "stage1", new() { Timesteps = "fast28" }, "timesteps is 'fast28'" },
        { "stage1", new() { Timesteps = "1,2" }, "descend" },
        { "stage1", new() { Steps = 3, Timesteps = "fast27" }, "choose one" },
        { "stage1", new() { Sampler = "ddim", Eta = 2 }, "eta is 2" },
        { "stage1", new() { TopK = 5 }, "stage1: top_k is 5, but a diffusion stage has no such setting; leave it out" },
        { "stage2", new() { Temperature = 1 }, "temperature is 1, but a diffusion stage" },
        { "stage3", new(), "'stage3'" },
    };

    [Theory]
    [MemberData(nameof(Impossible))]
    public void Render_ImpossibleSettings_NamesStageAndValue(string stage, StageSettings settings, string expected)
    {
        var cascade = shared.Cascade;
        var request = ReferenceCascade.Request() with { Settings = new Dictionary<string, StageSettings> { [stage] = settings } };
        Assert.Contains(expected, Assert.Throws<SettingsException>(() => cascade.Draw([request])).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Render_PromptThatNoModelTakes_SaysWhy()
    {
        var cascade = shared.Cascade;
        string Error(RenderRequest request) => Assert.Throws<SettingsException>(() => cascade.Draw([request])).Message;
        Assert.Contains("empty", Error(Request(0) with { Prompt = " " }), StringComparison.Ordinal);
        Assert.Contains("2001", Error(Request(0) with { Prompt = new string('a', 2001) }), StringComparison.Ordinal);
        Assert.Contains("negative prompt has 2001", Error(Request(0) with { NegativePrompt = new string('a', 2001) }), StringComparison.Ordinal);
        Assert.Contains("-5", Error(Request(0) with { Seed = -5 }), StringComparison.Ordinal);
    }

    [Fact]
    public void Describe_PromptOf2000SignsOutsideTheBasicPlane_IsAccepted()
    {
        var longest = string.Concat(Enumerable.Repeat("🦄", 2000));
        Assert.Equal(longest, shared.Cascade.Describe(Request(0) with { Prompt = longest, NegativePrompt = longest }).Prompt);
        var error = Assert.Throws<SettingsException>(() => shared.Cascade.Describe(Request(0) with { Prompt = longest + "🦄" }));
        Assert.Contains("2001 characters", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("ddpm")]
    [InlineData("ddim")]
    [InlineData("dpm-solver++")]
    [InlineData("sde-dpm-solver++")]
    [InlineData("euler")]
    public void Render_WithAnotherSampler_RecordsIt(string sampler)
    {
        var cascade = shared.Cascade;
        var settings = TwoSteps.ToDictionary(pair => pair.Key, pair => pair.Value with { Sampler = sampler });
        var provenance = cascade.Draw([Request(0) with { Settings = settings }])[0].Provenance;
        Assert.All(provenance.Stages, stage => Assert.Equal(sampler, stage.Sampler));
    }

    [Fact]
    public void Describe_EverythingThatDeterminesAPicture_IsInThePngText()
    {
        using var cascade = ReferenceCascade.Load(new CascadeOptions { Dtype = ScalarType.Float32, TextEncoder = new(Dtype: ScalarType.BFloat16), CleanPrompts = true });
        var settings = new Dictionary<string, StageSettings> { ["stage1"] = new() { Sampler = "ddim", Guidance = 7, Eta = 0.25, Timesteps = "fast27" } };

        var text = cascade.Describe(Request(0) with { Settings = settings }).ToPngText().ToDictionary(entry => entry.Key, entry => entry.Value);

        string HashOf(params string[] file) => Convert.ToHexStringLower(SHA256.HashData(File.ReadAllBytes(Reference.PathOf(["cascade", .. file]))));
        Assert.Equal("dtype=bfloat16 cleaning=caption", text["text_encoder"]);
        Assert.Equal($"sampler=ddim steps=27 guidance=7 dtype=float32 timesteps=fast27 eta=0.25 scheduler_sha256={HashOf("stage1", "scheduler", "scheduler_config.json")}", text["stage1"]);
        Assert.EndsWith(
            $" scheduler_sha256={HashOf("stage2", "scheduler", "scheduler_config.json")} noising_sha256={HashOf("stage2", "image_noising_scheduler", "scheduler_config.json")}", text["stage2"], StringComparison.Ordinal);
        Assert.DoesNotContain("eta", text["stage2"], StringComparison.Ordinal);
        Assert.Equal("dtype=float32 cleaning=plain", shared.Cascade.Describe(Request(0)).ToPngText().Single(entry => entry.Key == "text_encoder").Value);
    }

    private static RenderRequest Request(int index) => ReferenceCascade.Request(index) with { Settings = TwoSteps };
}
