using RenderFarm.Contracts.Jobs;
using RenderFarm.Persistence.Dispatch;
using RenderFarm.Persistence.Tests.Databases;
using Xunit;

namespace RenderFarm.Persistence.Tests.Jobs;

public sealed class JobReturnsTests
{
    public static TheoryData<string> Providers => TestDatabase.Providers;

    [Theory]
    [MemberData(nameof(Providers))]
    public async Task Return_JobOnItsWay_IsDispatchedAgainAndFailsAtItsLastAttempt(string provider)
    {
        using var farm = await TestDatabase.CreateAsync(provider);
        var job = Assert.Single(await farm.IdsAsync(await farm.SubmitAsync(1)));
        for (var attempt = 1; attempt <= TestDatabase.MaxAttempts; attempt++)
        {
            Assert.Equal(job, Assert.Single(await FillAsync(farm)).JobId);
            var state = await farm.Returns.ReturnAsync(job, "gone", TestDatabase.Token);
            Assert.Equal(attempt < TestDatabase.MaxAttempts ? JobState.Queued : JobState.Failed, state);
            Assert.Empty(await FillAsync(farm));
            farm.Clock.Advance(TimeSpan.FromMinutes(2));
        }

        var failed = await farm.JobAsync(job);
        Assert.Equal((JobState.Failed, TestDatabase.MaxAttempts, "undelivered", "gone"), (failed.State, failed.Attempts, failed.ErrorKind, failed.ErrorMessage));
        await farm.AssertCountersAsync();
    }

    [Theory]
    [MemberData(nameof(Providers))]
    public async Task Return_JobThatHasNoUseForIt_ChangesNothing(string provider)
    {
        using var farm = await TestDatabase.CreateAsync(provider);
        var batch = await farm.SubmitAsync(1);
        var job = Assert.Single(await farm.IdsAsync(batch));
        Assert.Null(await farm.Returns.ReturnAsync(job, "not yet dispatched", TestDatabase.Token));
        Assert.Null(await farm.Returns.ReturnAsync(Guid.CreateVersion7(), "unknown", TestDatabase.Token));

        await FillAsync(farm);
        var claimed = Assert.Single(await farm.ClaimAllAsync(batch));
        Assert.Null(await farm.Returns.ReturnAsync(job, "with a worker", TestDatabase.Token));

        await farm.Results.CommitAsync([TestDatabase.Result(claimed)], TestDatabase.Token);
        Assert.Null(await farm.Returns.ReturnAsync(job, "done", TestDatabase.Token));
        Assert.Equal((JobState.Succeeded, 1), ((await farm.JobAsync(job)).State, (await farm.JobAsync(job)).Attempts));
        await farm.AssertCountersAsync();
    }

    private static Task<Sending> FillAsync(TestDatabase farm) =>
        farm.Runway.FillAsync("test", 4, new(TimeSpan.FromMinutes(10)), TestDatabase.Token);
}
