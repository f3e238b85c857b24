using System.Collections.Concurrent;
using System.Data.Common;
using RenderFarm.Contracts.Jobs;
using RenderFarm.Persistence.Jobs;
using RenderFarm.Persistence.Tests.Databases;
using Xunit;

namespace RenderFarm.Persistence.Tests.Jobs;

public sealed class JobLeasesTests
{
    public static TheoryData<string> Providers => TestDatabase.Providers;

    [Theory]
    [MemberData(nameof(Providers))]
    public async Task I3_ClaimByManyWorkersAtOnce_EachJobHasOneHolder(string provider)
    {
        using var farm = await TestDatabase.CreateAsync(provider);
        var batch = await farm.SubmitAsync(200);
        var ids = await farm.IdsAsync(batch);
        var claims = new ConcurrentBag<ClaimedJob>();

        await Parallel.ForAsync(0, 8, TestDatabase.Token, async (worker, token) =>
        {
            // Each worker has every message, in an order of its own.
            foreach (var part in ids.OrderBy(id => HashCode.Combine(id, worker)).Chunk(16))
                foreach (var job in await farm.Leases.ClaimAsync($"w{worker}", "test", [.. part.Select(id => new ClaimRequest(id))], TestDatabase.Lease, token))
                    claims.Add(job);
        });

        Assert.Equal(200, claims.Count);
        Assert.Equal(ids.Order(), claims.Select(job => job.Id).Order());
        Assert.All(claims, job => Assert.Equal(1, job.Epoch));
        await farm.AssertCountersAsync();
    }

    [Theory]
    [MemberData(nameof(Providers))]
    public async Task I6_LeaseRanOut_NextClaimHasAHigherEpochAndTheFormerWorkerIsFenced(string provider)
    {
        using var farm = await TestDatabase.CreateAsync(provider);
        var batch = await farm.SubmitAsync(1);
        var former = Assert.Single(await farm.ClaimAllAsync(batch, "former"));

        farm.Clock.Advance(TestDatabase.Lease + TimeSpan.FromSeconds(1));
        var swept = await farm.Sweeper.SweepAsync(TimeSpan.FromHours(1), TestDatabase.ServedFor, TestDatabase.Token);
        var next = Assert.Single(await farm.ClaimAllAsync(batch, "next"));

        Assert.Equal(new SweepReport(1, 0, 0), swept);
        Assert.Equal((2, 2), (next.Epoch, next.Attempts));
        Assert.Equal([CommitOutcome.Fenced], await farm.Results.CommitAsync([TestDatabase.Result(former)], TestDatabase.Token));
        Assert.Empty(await farm.Leases.RenewAsync("former", [new(former.Id, former.Epoch)], TestDatabase.Lease, null, TestDatabase.Token));
        Assert.Null(await farm.Results.ReportFailureAsync(new(former.Id, former.Epoch), new() { Kind = "permanent", Message = "late" }, false, TestDatabase.Token));
        Assert.Equal(0, await farm.Leases.ReleaseAsync([new(former.Id, former.Epoch)], TestDatabase.Token));
        Assert.Equal([CommitOutcome.Committed], await farm.Results.CommitAsync([TestDatabase.Result(next)], TestDatabase.Token));
        Assert.Equal($"t/{next.Id:N}/2-0.png", Assert.Single((await farm.JobAsync(next.Id)).Outputs).Key);
        await farm.AssertCountersAsync();
    }

    [Theory]
    [MemberData(nameof(Providers))]
    public async Task Renew_BeforeTheLeaseEnds_KeepsTheJobAndShowsProgress(string provider)
    {
        using var farm = await TestDatabase.CreateAsync(provider);
        var job = Assert.Single(await farm.ClaimAllAsync(await farm.SubmitAsync(1)));
        for (var beat = 1; beat <= 3; beat++)
        {
            farm.Clock.Advance(TestDatabase.Lease / 2);
            var kept = await farm.Leases.RenewAsync("w", [new(job.Id, job.Epoch)], TestDatabase.Lease, new() { Stage = "stage1", Step = beat, Steps = 4 }, TestDatabase.Token);
            Assert.Equal([job.Id], kept);
            Assert.Equal(new SweepReport(0, 0, 0), await farm.Sweeper.SweepAsync(TimeSpan.FromHours(1), TestDatabase.ServedFor, TestDatabase.Token));
        }

        var row = await farm.JobAsync(job.Id);
        Assert.Equal(("stage1", 3, 4, JobState.Running), (row.Stage, row.Step, row.Steps, row.State));
    }

    [Theory]
    [MemberData(nameof(Providers))]
    public async Task Release_ClaimedJob_IsQueuedAgainAndTheAttemptDoesNotCount(string provider)
    {
        using var farm = await TestDatabase.CreateAsync(provider);
        var batch = await farm.SubmitAsync(2);
        var jobs = await farm.ClaimAllAsync(batch);

        Assert.Equal(2, await farm.Leases.ReleaseAsync([.. jobs.Select(job => new HeldJob(job.Id, job.Epoch))], TestDatabase.Token));
        var again = await farm.ClaimAllAsync(batch);

        Assert.All(again, job => Assert.Equal((2, 1), (job.Epoch, job.Attempts)));
        await farm.AssertCountersAsync();
    }

    [Theory]
    [MemberData(nameof(Providers))]
    public async Task Claim_OfARedeliveredMessage_TakesTheLeaseOverAtOnce(string provider)
    {
        using var farm = await TestDatabase.CreateAsync(provider);
        var former = Assert.Single(await farm.ClaimAllAsync(await farm.SubmitAsync(1), "former"));

        Assert.Empty(await farm.Leases.ClaimAsync("next", "test", [new(former.Id)], TestDatabase.Lease, TestDatabase.Token));
        var next = Assert.Single(await farm.Leases.ClaimAsync("next", "test", [new(former.Id, TakeOver: true)], TestDatabase.Lease, TestDatabase.Token));

        Assert.Equal(2, next.Epoch);
        Assert.Equal([CommitOutcome.Fenced], await farm.Results.CommitAsync([TestDatabase.Result(former)], TestDatabase.Token));
        await farm.AssertCountersAsync();
    }

    [Theory]
    [MemberData(nameof(Providers))]
    public async Task I1_EveryWorkerThatTakesTheJobOverDies_JobFailsPastItsLastAttempt(string provider)
    {
        using var farm = await TestDatabase.CreateAsync(provider);
        var id = Assert.Single(await farm.ClaimAllAsync(await farm.SubmitAsync(1))).Id;
        for (var attempt = 2; attempt <= TestDatabase.MaxAttempts; attempt++)
            Assert.Equal(attempt, Assert.Single(await farm.Leases.ClaimAsync($"w{attempt}", "test", [new(id, TakeOver: true)], TestDatabase.Lease, TestDatabase.Token)).Attempts);

        Assert.Empty(await farm.Leases.ClaimAsync("next", "test", [new(id, TakeOver: true)], TestDatabase.Lease, TestDatabase.Token));
        Assert.Equal((JobState.Running, "The worker was lost while it had the job."), ((await farm.JobAsync(id)).State, (await farm.JobAsync(id)).ErrorMessage));
        farm.Clock.Advance(TestDatabase.Lease + TimeSpan.FromSeconds(1));
        Assert.Equal(1, (await farm.Sweeper.SweepAsync(TimeSpan.FromHours(1), TestDatabase.ServedFor, TestDatabase.Token)).Failed);

        Assert.Equal((JobState.Failed, "lease_expired", TestDatabase.MaxAttempts), ((await farm.JobAsync(id)).State, (await farm.JobAsync(id)).ErrorKind, (await farm.JobAsync(id)).Attempts));
        await farm.AssertCountersAsync();
    }

    [Theory]
    [MemberData(nameof(Providers))]
    public async Task Claim_ForAnotherModel_TakesNothing(string provider)
    {
        using var farm = await TestDatabase.CreateAsync(provider);
        var ids = await farm.IdsAsync(await farm.SubmitAsync(1));
        Assert.Empty(await farm.Leases.ClaimAsync("w", "other", [new(ids[0])], TestDatabase.Lease, TestDatabase.Token));
        Assert.Single(await farm.Leases.ClaimAsync("w", "test", [new(ids[0])], TestDatabase.Lease, TestDatabase.Token));
        Assert.Empty(await farm.Leases.ClaimAsync("w", "other", [new(ids[0], TakeOver: true)], TestDatabase.Lease, TestDatabase.Token));
    }

    [Theory]
    [MemberData(nameof(Providers))]
    public async Task Claim_SecondMessageForTheJob_IsDroppedWhileItRunsAndWhenItIsDone(string provider)
    {
        using var farm = await TestDatabase.CreateAsync(provider);
        var job = Assert.Single(await farm.ClaimAllAsync(await farm.SubmitAsync(1)));
        Assert.Empty(await farm.Leases.ClaimAsync("other", "test", [new(job.Id)], TestDatabase.Lease, TestDatabase.Token));
        await farm.Results.CommitAsync([TestDatabase.Result(job)], TestDatabase.Token);
        Assert.Empty(await farm.Leases.ClaimAsync("other", "test", [new(job.Id), new(job.Id, TakeOver: true)], TestDatabase.Lease, TestDatabase.Token));
    }

    [Theory]
    [MemberData(nameof(Providers))]
    public async Task Sweep_DatabaseWasAway_WorkersThatLiveKeepTheirJobs(string provider)
    {
        using var farm = await TestDatabase.CreateAsync(provider);
        var jobs = await farm.ClaimAllAsync(await farm.SubmitAsync(2));
        await farm.Sweeper.SweepAsync(TimeSpan.FromHours(1), TestDatabase.ServedFor, TestDatabase.Token);
        await farm.ExecuteAsync($"alter table jobs rename to elsewhere");
        farm.Clock.Advance(TimeSpan.FromMinutes(5));
        await Assert.ThrowsAnyAsync<DbException>(() => farm.Sweeper.SweepAsync(TimeSpan.FromHours(1), TestDatabase.ServedFor, TestDatabase.Token));
        await farm.ExecuteAsync($"alter table elsewhere rename to jobs");

        Assert.Equal(new SweepReport(0, 0, 0), await farm.Sweeper.SweepAsync(TimeSpan.FromHours(1), TestDatabase.ServedFor, TestDatabase.Token));
        Assert.Single(await farm.Leases.RenewAsync("w", [new(jobs[0].Id, jobs[0].Epoch)], TestDatabase.Lease * 2, null, TestDatabase.Token));
        farm.Clock.Advance(TestDatabase.Lease + TimeSpan.FromSeconds(1));
        Assert.Equal(new SweepReport(1, 0, 0), await farm.Sweeper.SweepAsync(TimeSpan.FromHours(1), TestDatabase.ServedFor, TestDatabase.Token));
        Assert.Equal((JobState.Running, JobState.Queued), ((await farm.JobAsync(jobs[0].Id)).State, (await farm.JobAsync(jobs[1].Id)).State));
    }

    [Theory]
    [MemberData(nameof(Providers))]
    public async Task I1_WorkersKeepGoingSilent_JobFailsAtItsLastAttempt(string provider)
    {
        using var farm = await TestDatabase.CreateAsync(provider);
        var batch = await farm.SubmitAsync(1);
        for (var attempt = 1; attempt <= TestDatabase.MaxAttempts; attempt++)
        {
            Assert.Single(await farm.ClaimAllAsync(batch));
            farm.Clock.Advance(TestDatabase.Lease + TimeSpan.FromSeconds(1));
            await farm.Sweeper.SweepAsync(TimeSpan.FromHours(1), TestDatabase.ServedFor, TestDatabase.Token);
        }

        var job = Assert.Single(await farm.Queries.JobsAsync(batch, null, -1, 10, TestDatabase.Token));
        Assert.Equal((JobState.Failed, "lease_expired"), (job.State, job.ErrorKind));
        await farm.AssertCountersAsync();
    }

    [Theory]
    [MemberData(nameof(Providers))]
    public async Task I2_Recover_AfterTheFarmWasStopped_TakesUpWhatRanAndWhatWasOnItsWay(string provider)
    {
        using var farm = await TestDatabase.CreateAsync(provider);
        var batch = await farm.SubmitAsync(5);
        var messages = await farm.Runway.FillAsync("test", 4, new(TimeSpan.FromHours(1)), TestDatabase.Token);
        await farm.Leases.ClaimAsync("w", "test", [new(messages[0].JobId)], TestDatabase.Lease, TestDatabase.Token);

        Assert.Equal(new SweepReport(1, 0, 3), await farm.Sweeper.RecoverAsync(TestDatabase.Token));

        Assert.Equal(5, (await farm.Runway.FillAsync("test", 10, new(TimeSpan.FromHours(1)), TestDatabase.Token)).Count);
        await farm.AssertCountersAsync();
    }
}
