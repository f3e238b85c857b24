using RenderFarm.Contracts.Batches;
using RenderFarm.Contracts.Jobs;
using RenderFarm.Contracts.Messages;
using RenderFarm.Persistence.Dispatch;
using RenderFarm.Persistence.Jobs;
using RenderFarm.Persistence.Tests.Databases;
using Xunit;

namespace RenderFarm.Persistence.Tests.Dispatch;

public sealed class PausesTests
{
    private static readonly FairShare Share = new(TimeSpan.FromMinutes(10));

    public static TheoryData<string> Providers => TestDatabase.Providers;

    [Theory]
    [MemberData(nameof(Providers))]
    public async Task PauseBatch_SomeDispatched_LeavesTheRunwayToOthersAndComesBackWhenResumed(string provider)
    {
        using var farm = await TestDatabase.CreateAsync(provider);
        var paused = await farm.SubmitAsync(10);
        await farm.Runway.FillAsync("test", 4, Share, TestDatabase.Token);

        Assert.True(await farm.Pauses.PauseBatchAsync(paused, "default", TestDatabase.Token));
        var other = await farm.SubmitAsync(2);
        var meanwhile = await farm.Runway.FillAsync("test", 4, Share, TestDatabase.Token);
        Assert.Equal((await farm.IdsAsync(other)).Order(), meanwhile.Select(message => message.JobId).Order());
        Assert.Equal(BatchState.Paused, (await farm.Queries.BatchAsync("default", paused, TestDatabase.Token))!.State);

        Assert.True(await farm.Pauses.ResumeBatchAsync(paused, "default", TestDatabase.Token));
        Assert.Equal(10, (await farm.Runway.FillAsync("test", 12, Share, TestDatabase.Token)).Count);
        Assert.Equal(BatchState.Running, (await farm.Queries.BatchAsync("default", paused, TestDatabase.Token))!.State);
    }

    [Theory]
    [MemberData(nameof(Providers))]
    public async Task Claim_MessageDispatchedInTheMomentOfThePause_IsDroppedAndSentAgainWhenResumed(string provider)
    {
        using var farm = await TestDatabase.CreateAsync(provider);
        var batch = await farm.SubmitAsync(3);
        await farm.Pauses.PauseBatchAsync(batch, "default", TestDatabase.Token);
        // A dispatcher that saw the batch before the pause marks its jobs after it.
        await farm.ExecuteAsync($"update jobs set dispatched_at = {farm.Clock.GetUtcNow()} where batch_id = {batch}");
        await farm.ExecuteAsync($"update lanes set open = {false} where batch_id = {batch}");

        Assert.Empty(await farm.ClaimAllAsync(batch));
        await farm.Pauses.ResumeBatchAsync(batch, "default", TestDatabase.Token);

        Assert.Equal(3, (await farm.Runway.FillAsync("test", 10, Share, TestDatabase.Token)).Count);
        Assert.Equal(3, (await farm.ClaimAllAsync(batch)).Count);
        await farm.AssertCountersAsync();
    }

    [Theory]
    [MemberData(nameof(Providers))]
    public async Task PauseBatch_RunningJob_FinishesAndARedeliveredMessageDoesNotBeginItAnew(string provider)
    {
        using var farm = await TestDatabase.CreateAsync(provider);
        var batch = await farm.SubmitAsync(2);
        var ids = await farm.IdsAsync(batch);
        var job = Assert.Single(await farm.Leases.ClaimAsync("w", "test", [new(ids[0])], TestDatabase.Lease, TestDatabase.Token));
        await farm.Pauses.PauseBatchAsync(batch, "default", TestDatabase.Token);

        Assert.Equal([job.Id], await farm.Leases.RenewAsync("w", [new(job.Id, job.Epoch)], TestDatabase.Lease, null, TestDatabase.Token));
        Assert.Empty(await farm.Leases.ClaimAsync("other", "test", [new(job.Id, TakeOver: true)], TestDatabase.Lease, TestDatabase.Token));
        Assert.Equal([CommitOutcome.Committed], await farm.Results.CommitAsync([TestDatabase.Result(job)], TestDatabase.Token));
        Assert.Equal((BatchState.Paused, 1, 1), await CountsAsync(farm, batch));
    }

    [Theory]
    [MemberData(nameof(Providers))]
    public async Task PauseBatch_ItsLastJobWasRunning_TheBatchFinishes(string provider)
    {
        using var farm = await TestDatabase.CreateAsync(provider);
        var batch = await farm.SubmitAsync(1);
        var jobs = await farm.ClaimAllAsync(batch);
        await farm.Pauses.PauseBatchAsync(batch, "default", TestDatabase.Token);
        await farm.Results.CommitAsync([.. jobs.Select(TestDatabase.Result)], TestDatabase.Token);

        Assert.Equal((BatchState.Finished, 0, 1), await CountsAsync(farm, batch));
        Assert.True(await farm.Pauses.PauseBatchAsync(batch, "default", TestDatabase.Token));
        Assert.True(await farm.Pauses.ResumeBatchAsync(batch, "default", TestDatabase.Token));
        Assert.Equal(BatchState.Finished, (await farm.Queries.BatchAsync("default", batch, TestDatabase.Token))!.State);
    }

    [Theory]
    [MemberData(nameof(Providers))]
    public async Task PauseAndResume_Repeated_AreToldOnceAndCancelEndsThePausedBatch(string provider)
    {
        using var farm = await TestDatabase.CreateAsync(provider);
        var batch = await farm.SubmitAsync(2);
        farm.Clock.Advance(TimeSpan.FromMilliseconds(1));
        foreach (var pause in new[] { true, true, false, false, true })
        {
            Assert.True(pause ? await farm.Pauses.PauseBatchAsync(batch, "default", TestDatabase.Token) : await farm.Pauses.ResumeBatchAsync(batch, "default", TestDatabase.Token));
            farm.Clock.Advance(TimeSpan.FromMilliseconds(1));
        }

        Assert.Equal(2, await farm.Cancellation.CancelBatchAsync(batch, "default", TestDatabase.Token));

        var told = (await farm.Outbox.PeekAsync(100, TestDatabase.Token)).Select(e => e.Message.GetType());
        Assert.Equal([typeof(BatchAccepted), typeof(BatchPaused), typeof(BatchResumed), typeof(BatchPaused), typeof(BatchFinished)], told);
        await farm.AssertCountersAsync();
    }

    [Theory]
    [MemberData(nameof(Providers))]
    public async Task PauseBatch_AnothersOrUnknown_ChangesNothing(string provider)
    {
        using var farm = await TestDatabase.CreateAsync(provider);
        var batch = await farm.SubmitAsync(1);
        await farm.Runway.FillAsync("test", 4, Share, TestDatabase.Token);

        Assert.False(await farm.Pauses.PauseBatchAsync(batch, "else", TestDatabase.Token));
        Assert.False(await farm.Pauses.ResumeBatchAsync(Guid.NewGuid(), "default", TestDatabase.Token));
        Assert.NotNull((await farm.JobAsync((await farm.IdsAsync(batch))[0])).DispatchedAt);
        Assert.IsType<BatchAccepted>(Assert.Single(await farm.Outbox.PeekAsync(10, TestDatabase.Token)).Message);
    }

    [Theory]
    [MemberData(nameof(Providers))]
    public async Task PauseModel_ForAllTenants_HoldsItsJobsUntilResumedWhateverItsWorkersSay(string provider)
    {
        using var farm = await TestDatabase.CreateAsync(provider);
        await farm.Catalogue.RegisterAsync(TestDatabase.Model, "w", TestDatabase.Token);
        var batch = await farm.SubmitAsync(3);
        await farm.Runway.FillAsync("test", 2, Share, TestDatabase.Token);

        Assert.False(await farm.Pauses.PauseModelAsync("unknown", TestDatabase.Token));
        Assert.True(await farm.Pauses.PauseModelAsync("test", TestDatabase.Token));
        Assert.True(await farm.Pauses.PauseModelAsync("test", TestDatabase.Token));
        await farm.Catalogue.RegisterAsync(TestDatabase.Model, "w", TestDatabase.Token);

        Assert.True(Assert.Single(await farm.Catalogue.ListAsync(TestDatabase.Token)).IsPaused);
        Assert.Empty(await farm.Runway.FillAsync("test", 10, Share, TestDatabase.Token));
        Assert.Empty(await farm.ClaimAllAsync(batch));

        Assert.True(await farm.Pauses.ResumeModelAsync("test", TestDatabase.Token));
        Assert.Equal(3, (await farm.Runway.FillAsync("test", 10, Share, TestDatabase.Token)).Count);
        Assert.Equal(3, (await farm.ClaimAllAsync(batch)).Count);
    }

    [Theory]
    [MemberData(nameof(Providers))]
    public async Task I5_PausesAgainstDispatchAndClaims_NoJobIsLostAndCountersHold(string provider)
    {
        using var farm = await TestDatabase.CreateAsync(provider);
        var batch = await farm.SubmitAsync(300);
        var pausing = Task.Run(async () =>
        {
            for (var round = 0; round < 50; round++)
            {
                await farm.Pauses.PauseBatchAsync(batch, "default", TestDatabase.Token);
                await farm.Pauses.ResumeBatchAsync(batch, "default", TestDatabase.Token);
            }
        }, TestDatabase.Token);
        var workers = Enumerable.Range(0, 3).Select(worker => Task.Run(async () =>
        {
            while ((await farm.Queries.BatchAsync("default", batch, TestDatabase.Token))!.State != BatchState.Finished)
            {
                var sent = await farm.Runway.FillAsync("test", 16, Share, TestDatabase.Token);
                if (sent.Count == 0)
                    continue;
                var jobs = await farm.Leases.ClaimAsync($"w{worker}", "test", [.. sent.Select(message => new ClaimRequest(message.JobId))], TestDatabase.Lease, TestDatabase.Token);
                await farm.Results.CommitAsync([.. jobs.Select(TestDatabase.Result)], TestDatabase.Token);
            }
        }, TestDatabase.Token));
        await Task.WhenAll(workers.Append(pausing)).WaitAsync(TimeSpan.FromMinutes(2), TestDatabase.Token);

        Assert.Equal(300, (await farm.Queries.BatchAsync("default", batch, TestDatabase.Token))!.Succeeded);
        await farm.AssertCountersAsync();
    }

    private static async Task<(BatchState State, int Queued, int Succeeded)> CountsAsync(TestDatabase farm, Guid id)
    {
        var batch = (await farm.Queries.BatchAsync("default", id, TestDatabase.Token))!;
        return (batch.State, batch.Queued, batch.Succeeded);
    }
}
