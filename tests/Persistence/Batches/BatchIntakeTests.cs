using RenderFarm.Contracts.Batches;
using RenderFarm.Persistence.Batches;
using RenderFarm.Persistence.Tests.Databases;
using Xunit;

namespace RenderFarm.Persistence.Tests.Batches;

public sealed class BatchIntakeTests
{
    public static TheoryData<string> Providers => TestDatabase.Providers;

    [Theory]
    [MemberData(nameof(Providers))]
    public async Task Accept_HundredThousandJobs_StoresEachInItsOrder(string provider)
    {
        using var farm = await TestDatabase.CreateAsync(provider);
        var accepted = await farm.Intake.AcceptAsync(TestDatabase.Batch(Enumerable.Range(0, 100_000).Select(i => TestDatabase.Job($"{i}"))), TestDatabase.Token);

        var batch = await farm.Queries.BatchAsync("default", accepted.BatchId, TestDatabase.Token);
        var last = await farm.Queries.JobsAsync(accepted.BatchId, null, 99_997, 10, TestDatabase.Token);
        Assert.Equal((100_000, 100_000), (batch!.Total, batch.Queued));
        Assert.Equal(["99998", "99999"], last.Select(job => job.CustomId));
        Assert.Equal("prompt of 99999", last[^1].Prompt);
    }

    [Theory]
    [MemberData(nameof(Providers))]
    public async Task I9_ConcurrentDuplicates_MakeOneBatch(string provider)
    {
        using var farm = await TestDatabase.CreateAsync(provider);
        var answers = await Task.WhenAll(Enumerable.Range(0, 12).Select(_ =>
            Task.Run(() => farm.Intake.AcceptAsync(TestDatabase.Batch([TestDatabase.Job("a")], key: "k", sha256: "same"), TestDatabase.Token))));

        Assert.Single(answers, answer => answer.Kind == AcceptanceKind.Created);
        Assert.Equal(11, answers.Count(answer => answer.Kind == AcceptanceKind.Repeated));
        Assert.Single(answers.Select(answer => answer.BatchId).Distinct());
        Assert.Single(await farm.Queries.BatchesAsync("default", null, 100, TestDatabase.Token));
    }

    [Theory]
    [MemberData(nameof(Providers))]
    public async Task I9_SameKeyOtherRequest_IsRefusedButNotForAnotherTenant(string provider)
    {
        using var farm = await TestDatabase.CreateAsync(provider);
        var first = await farm.Intake.AcceptAsync(TestDatabase.Batch([TestDatabase.Job("a")], key: "k", sha256: "one"), TestDatabase.Token);
        var other = await farm.Intake.AcceptAsync(TestDatabase.Batch([TestDatabase.Job("b")], key: "k", sha256: "two"), TestDatabase.Token);
        var foreign = await farm.Intake.AcceptAsync(TestDatabase.Batch([TestDatabase.Job("b")], tenant: "else", key: "k", sha256: "two"), TestDatabase.Token);

        Assert.Equal(new Acceptance(AcceptanceKind.KeyReused, first.BatchId), other);
        Assert.Equal(AcceptanceKind.Created, foreign.Kind);
        Assert.Null(await farm.Queries.BatchAsync("default", foreign.BatchId, TestDatabase.Token));
    }

    [Theory]
    [MemberData(nameof(Providers))]
    public async Task Batches_Pages_CoverAllTheNewestFirst(string provider)
    {
        using var farm = await TestDatabase.CreateAsync(provider);
        var ids = new List<Guid>();
        for (var i = 0; i < 5; i++)
        {
            ids.Add(await farm.SubmitAsync(1));
            farm.Clock.Advance(TimeSpan.FromMilliseconds(5));
        }

        var first = await farm.Queries.BatchesAsync("default", null, 3, TestDatabase.Token);
        var second = await farm.Queries.BatchesAsync("default", first[^1].Id, 3, TestDatabase.Token);
        Assert.Equal(ids.AsEnumerable().Reverse(), first.Concat(second).Select(batch => batch.Id));
    }

    [Fact]
    public void CompatibilityKey_GuidanceTopKOrTemperatureDiffers_SameKey_ButNotStepsTimestepsOrEta()
    {
        static string Key(StageSettings settings) => CompatibilityKey.Of("m", new Dictionary<string, StageSettings> { ["stage1"] = settings }, []);
        var four = new StageSettings { Steps = 4, Guidance = 1 };
        Assert.Equal(Key(four), Key(four with { Guidance = 7, TopK = 9, Temperature = 0.5, PriorGuidance = 3 }));
        StageSettings[] others = [four, four with { Steps = 5 }, four with { Timesteps = "9,5,2,0" }, four with { Timesteps = "9,5,2,1" }, four with { Eta = 0.5 }, four with { Strength = 0.5 }, four with { Strength = 0.6 }, four with { MaskNoise = true },
            four with { PriorSteps = 5 }, four with { PriorSteps = 6 }, four with { SuperResolutionSteps = 5 }];
        Assert.Equal(others.Length, others.Select(Key).Distinct().Count());
    }

    [Fact]
    public void CompatibilityKey_JobsThatStartFromPictures_ShareAPassWithTheirLikeOnly()
    {
        static string Key(params string[] roles) => CompatibilityKey.Of("m", new Dictionary<string, StageSettings>(), roles);
        Assert.Equal(Key("start", "mask"), Key("mask", "start"));
        Assert.Equal(3, new[] { Key(), Key("start"), Key("start", "mask") }.Distinct().Count());
        Assert.Equal(Key(), Key("reference"));
        Assert.Equal(Key("start"), Key("reference", "start"));
    }
}
