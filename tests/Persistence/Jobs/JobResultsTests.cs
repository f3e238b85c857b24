using RenderFarm.Contracts.Jobs;
using RenderFarm.Contracts.Messages;
using RenderFarm.Persistence.Jobs;
using RenderFarm.Persistence.Tests.Databases;
using Xunit;

namespace RenderFarm.Persistence.Tests.Jobs;

public sealed class JobResultsTests
{
    private static readonly JobError Hiccup = new() { Kind = "transient", Message = "hiccup" };

    public static TheoryData<string> Providers => TestDatabase.Providers;

    [Theory]
    [MemberData(nameof(Providers))]
    public async Task I3_CommitTwiceWithOneEpoch_BothAnswerSuccessAndThereIsOneResult(string provider)
    {
        using var farm = await TestDatabase.CreateAsync(provider);
        var jobs = await farm.ClaimAllAsync(await farm.SubmitAsync(3));
        var results = jobs.Select(TestDatabase.Result).ToList();

        Assert.All(await farm.Results.CommitAsync(results, TestDatabase.Token), outcome => Assert.Equal(CommitOutcome.Committed, outcome));
        Assert.All(await farm.Results.CommitAsync(results, TestDatabase.Token), outcome => Assert.Equal(CommitOutcome.Committed, outcome));

        Assert.All(jobs, job => Assert.Single(farm.JobAsync(job.Id).GetAwaiter().GetResult().Outputs));
        var events = await farm.Outbox.PeekAsync(100, TestDatabase.Token);
        Assert.Equal(jobs.Select(job => job.Id).Order(), events.Select(e => e.Message).OfType<JobSucceeded>().Select(e => e.JobId).Order());
        Assert.Equal(3, Assert.Single(events.Select(e => e.Message).OfType<BatchFinished>()).Counts.Succeeded);
        await farm.AssertCountersAsync();
    }

    [Theory]
    [MemberData(nameof(Providers))]
    public async Task I8_CommitOfACanceledJob_IsFenced(string provider)
    {
        using var farm = await TestDatabase.CreateAsync(provider);
        var batch = await farm.SubmitAsync(2);
        var jobs = await farm.ClaimAllAsync(batch);

        Assert.Equal(1, await farm.Cancellation.CancelJobAsync(jobs[0].Id, "default", TestDatabase.Token));
        var outcomes = await farm.Results.CommitAsync([.. jobs.Select(TestDatabase.Result)], TestDatabase.Token);

        Assert.Equal([CommitOutcome.Fenced, CommitOutcome.Committed], outcomes);
        var canceled = await farm.JobAsync(jobs[0].Id);
        Assert.Equal(JobState.Canceled, canceled.State);
        Assert.Empty(canceled.Outputs);
        Assert.Contains((await farm.Outbox.PeekAsync(100, TestDatabase.Token)).Select(e => e.Message), e => e is JobsCanceled told && told.JobIds.Contains(jobs[0].Id));
        Assert.Equal(0, await farm.Cancellation.CancelBatchAsync(batch, "default", TestDatabase.Token));
        await farm.AssertCountersAsync();
    }

    [Theory]
    [MemberData(nameof(Providers))]
    public async Task ReportFailure_PassingError_WaitsLongerEachTimeAndFailsAtTheLast(string provider)
    {
        using var farm = await TestDatabase.CreateAsync(provider);
        var batch = await farm.SubmitAsync(1);
        for (var attempt = 1; attempt < TestDatabase.MaxAttempts; attempt++)
        {
            var job = Assert.Single(await farm.ClaimAllAsync(batch));
            Assert.Equal(JobState.Queued, await farm.Results.ReportFailureAsync(new(job.Id, job.Epoch), Hiccup, true, TestDatabase.Token));
            var delay = TimeSpan.FromSeconds(1 << (attempt - 1));
            farm.Clock.Advance(delay - TimeSpan.FromMilliseconds(1));
            Assert.Empty(await farm.Runway.FillAsync("test", 10, new(TimeSpan.FromHours(1)), TestDatabase.Token));
            Assert.Empty(await farm.ClaimAllAsync(batch));
            farm.Clock.Advance(TimeSpan.FromMilliseconds(1));
            Assert.Single(await farm.Runway.FillAsync("test", 10, new(TimeSpan.FromHours(1)), TestDatabase.Token));
        }

        var last = Assert.Single(await farm.ClaimAllAsync(batch));
        Assert.Equal(JobState.Failed, await farm.Results.ReportFailureAsync(new(last.Id, last.Epoch), Hiccup, true, TestDatabase.Token));
        Assert.Equal("hiccup", (await farm.JobAsync(last.Id)).ErrorMessage);
        Assert.Contains((await farm.Outbox.PeekAsync(10, TestDatabase.Token)).Select(e => e.Message), e => e is JobFailed { Kind: "transient" });
        await farm.AssertCountersAsync();
    }

    [Theory]
    [MemberData(nameof(Providers))]
    public async Task Postpone_MoreOftenThanAttemptsAreAllowed_WaitsLongerEachTimeAndCountsNone(string provider)
    {
        using var farm = await TestDatabase.CreateAsync(provider);
        var batch = await farm.SubmitAsync(1);
        var waits = new List<int>();
        for (var outage = 1; outage <= TestDatabase.MaxAttempts * 4; outage++)
        {
            var job = Assert.Single(await farm.ClaimAllAsync(batch));
            Assert.Equal(1, job.Attempts);
            Assert.Equal(JobState.Queued, await farm.Results.PostponeAsync(new(job.Id, job.Epoch), Hiccup, TestDatabase.Token));
            Assert.Null(await farm.Results.PostponeAsync(new(job.Id, job.Epoch), Hiccup, TestDatabase.Token));
            var wait = 0;
            for (; (await farm.Runway.FillAsync("test", 10, new(TimeSpan.FromHours(1)), TestDatabase.Token)).Count == 0; wait++)
                farm.Clock.Advance(TimeSpan.FromSeconds(1));
            waits.Add(wait);
        }

        Assert.Equal([1, 2, 4, 8, 16, 32, 60, 60, 60, 60, 60, 60], waits);
        var row = Assert.Single(await farm.Queries.JobsAsync(batch, null, -1, 1, TestDatabase.Token));
        Assert.Equal((JobState.Queued, 0, "hiccup"), (row.State, row.Attempts, row.ErrorMessage));
        await farm.AssertCountersAsync();
    }

    [Theory]
    [MemberData(nameof(Providers))]
    public async Task ReportFailure_PermanentError_FailsAtOnce(string provider)
    {
        using var farm = await TestDatabase.CreateAsync(provider);
        var job = Assert.Single(await farm.ClaimAllAsync(await farm.SubmitAsync(1)));
        Assert.Equal(JobState.Failed, await farm.Results.ReportFailureAsync(new(job.Id, job.Epoch), new() { Kind = "permanent", Message = "no" }, false, TestDatabase.Token));
        await farm.AssertCountersAsync();
    }

    [Theory]
    [MemberData(nameof(Providers))]
    public async Task I5_ManyWorkersDoEverythingAtOnce_CountersEqualTheJobsByState(string provider)
    {
        using var farm = await TestDatabase.CreateAsync(provider);
        var batches = new[] { await farm.SubmitAsync(60), await farm.SubmitAsync(60) };
        var ids = (await Task.WhenAll(batches.Select(farm.IdsAsync))).SelectMany(batch => batch).ToList();

        await Parallel.ForAsync(0, 6, TestDatabase.Token, async (worker, token) =>
        {
            var random = new Random(worker);
            foreach (var part in ids.OrderBy(_ => random.Next()).Chunk(5))
            {
                var jobs = await farm.Leases.ClaimAsync($"w{worker}", "test", [.. part.Select(id => new ClaimRequest(id))], TestDatabase.Lease, token);
                foreach (var job in jobs)
                    await (random.Next(5) switch
                    {
                        0 => farm.Results.ReportFailureAsync(new(job.Id, job.Epoch), Hiccup, random.Next(2) == 0, token),
                        1 => farm.Leases.ReleaseAsync([new(job.Id, job.Epoch)], token),
                        2 => farm.Cancellation.CancelJobAsync(job.Id, "default", token),
                        _ => (Task)farm.Results.CommitAsync([TestDatabase.Result(job)], token),
                    });
            }
        });
        await farm.AssertCountersAsync();
        await farm.Cancellation.CancelBatchAsync(batches[0], "default", TestDatabase.Token);

        await farm.AssertCountersAsync();
    }
}
