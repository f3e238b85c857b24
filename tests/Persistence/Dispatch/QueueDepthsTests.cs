using RenderFarm.Persistence.Dispatch;
using RenderFarm.Persistence.Jobs;
using RenderFarm.Persistence.Tests.Databases;
using Xunit;

namespace RenderFarm.Persistence.Tests.Dispatch;

public sealed class QueueDepthsTests
{
    public static TheoryData<string> Providers => TestDatabase.Providers;

    [Theory]
    [MemberData(nameof(Providers))]
    public async Task Count_JobsOfEveryKind_EachIsInItsPlaceAndIdleModelsShowZero(string provider)
    {
        using var farm = await TestDatabase.CreateAsync(provider);
        foreach (var model in new[] { "test", "other", "idle" })
            await farm.Catalogue.RegisterAsync(TestDatabase.Model with { Name = model }, "w", TestDatabase.Token);
        // One batch of two models: counters of batches could not tell.
        await farm.Intake.AcceptAsync(TestDatabase.Batch([.. Enumerable.Range(0, 9).Select(i => TestDatabase.Job($"{i}", i < 6 ? "test" : "other", i % 2))]), TestDatabase.Token);
        var sent = await farm.Runway.FillAsync("test", 4, new FairShare(TimeSpan.FromMinutes(10)), TestDatabase.Token);
        var jobs = await farm.Leases.ClaimAsync("w", "test", [.. sent.Take(3).Select(message => new ClaimRequest(message.JobId))], TestDatabase.Lease, TestDatabase.Token);
        await farm.Results.CommitAsync([TestDatabase.Result(jobs[0])], TestDatabase.Token);

        Assert.Equal(
            [new("idle", 0, 0, 0), new("other", 3, 0, 0), new("test", 2, 1, 2)],
            await new QueueDepths(farm.Database).CountAsync(TestDatabase.Token));
    }
}
