using System.Collections.Concurrent;
using Npgsql;
using RenderFarm.Contracts.Jobs;
using RenderFarm.Persistence.Dispatch;
using RenderFarm.Persistence.Sql;
using RenderFarm.Persistence.Tests.Databases;
using Xunit;

namespace RenderFarm.Persistence.Tests.Dispatch;

public sealed class JobSituationsTests
{
    private static readonly FairShare Share = new(TimeSpan.FromMinutes(10));

    public static TheoryData<string> Providers => TestDatabase.Providers;

    [Theory]
    [MemberData(nameof(Providers))]
    public async Task Find_WaitingJob_ItsPlaceIsTheOneThatDispatchGivesIt(string provider)
    {
        using var farm = await TestDatabase.CreateAsync(provider);
        await farm.Catalogue.RegisterAsync(TestDatabase.Model, "w1", TestDatabase.Token);
        await farm.Catalogue.RegisterAsync(TestDatabase.Model, "w2", TestDatabase.Token);
        var batch = await farm.SubmitAsync(2000);
        var ids = await farm.IdsAsync(batch);
        var sent = await farm.Runway.FillAsync("test", 8, Share, TestDatabase.Token);
        farm.Clock.Advance(TimeSpan.FromSeconds(1));
        await farm.Runway.FillAsync("test", 10, Share, TestDatabase.Token);

        var waiting = await FindAsync(farm, ids[13]);
        var dispatched = await FindAsync(farm, ids[9]);
        Assert.Equal((3, 10, 1), (waiting.Ahead, waiting.OnRunway, waiting.Lanes.Count));
        Assert.Equal(["w1", "w2"], waiting.Workers);
        Assert.Equal((8, (DateTimeOffset?)farm.Clock.GetUtcNow()), (dispatched.SentBefore, dispatched.DispatchedAt));
        Assert.Equal(0, (await FindAsync(farm, sent[0].JobId)).SentBefore);
        Assert.Equal(JobSituations.MaxCounted, (await FindAsync(farm, ids[1999])).Ahead);
    }

    [Theory]
    [MemberData(nameof(Providers))]
    public async Task Find_WorkersThatWithdrewOrWentSilent_AreNotNamed(string provider)
    {
        using var farm = await TestDatabase.CreateAsync(provider);
        var id = (await farm.IdsAsync(await farm.SubmitAsync(1)))[0];
        await farm.Catalogue.RegisterAsync(TestDatabase.Model, "silent", TestDatabase.Token);
        farm.Clock.Advance(TestDatabase.ServedFor);
        await farm.Catalogue.RegisterAsync(TestDatabase.Model, "there", TestDatabase.Token);
        await farm.Catalogue.RegisterAsync(TestDatabase.Model, "gone", TestDatabase.Token);
        await farm.Catalogue.WithdrawAsync(TestDatabase.Model, "gone", TestDatabase.Token);

        Assert.Equal(["there"], (await FindAsync(farm, id)).Workers);
        await farm.Catalogue.ForgetWorkersAsync(TestDatabase.Token);
        Assert.Empty((await FindAsync(farm, id)).Workers);
    }

    [Theory]
    [MemberData(nameof(Providers))]
    public async Task Find_AnothersOrUnknownJob_IsNull(string provider)
    {
        using var farm = await TestDatabase.CreateAsync(provider);
        var id = (await farm.IdsAsync(await farm.SubmitAsync(1)))[0];
        Assert.Null(await farm.Situations.FindAsync("else", id, TestDatabase.ServedFor, TestDatabase.Token));
        Assert.Null(await farm.Situations.FindAsync("default", Guid.NewGuid(), TestDatabase.ServedFor, TestDatabase.Token));
    }

    [Fact]
    public async Task Find_AmongHundredThousandJobs_PlansHaveNoSequentialScanOfThem()
    {
        using var farm = await TestDatabase.CreateAsync("postgres");
        await farm.Catalogue.RegisterAsync(TestDatabase.Model, "w", TestDatabase.Token);
        var batch = await farm.SubmitAsync(100_000);
        var ids = await farm.IdsAsync(batch);
        await farm.Runway.FillAsync("test", 256, Share, TestDatabase.Token);
        await farm.Leases.ClaimAsync("w", "test", [new(ids[0])], TestDatabase.Lease, TestDatabase.Token);
        await farm.ExecuteAsync($"analyze");

        // What the database really did, as it tells it itself.
        var plans = new ConcurrentQueue<string>();
        await using var connection = new NpgsqlConnection(farm.Database.Options.ConnectionString);
        connection.Notice += (_, e) => plans.Enqueue(e.Notice.MessageText);
        await connection.OpenAsync(TestDatabase.Token);
        var read = new FarmTransaction(connection, null, Dialect.Postgres, farm.Clock.GetUtcNow(), TestDatabase.Token);
        foreach (var set in (FormattableString[])[$"load 'auto_explain'", $"set auto_explain.log_min_duration = 0", $"set client_min_messages = log"])
            await read.ExecuteAsync(set);
        var states = new List<(JobState, bool)>();
        foreach (var id in new[] { ids[0], ids[100], ids[50_000], ids[99_999] })
            states.Add(await JobSituations.FindAsync(read, "default", id, TestDatabase.ServedFor) is { } job ? (job.State, job.DispatchedAt is null) : default);

        Assert.Equal([(JobState.Running, false), (JobState.Queued, false), (JobState.Queued, true), (JobState.Queued, true)], states);
        Assert.True(plans.Count >= 14, $"{plans.Count} plans were told.");
        Assert.All(plans, plan => Assert.DoesNotContain("Seq Scan on jobs", plan, StringComparison.Ordinal));
    }

    private static async Task<JobSituation> FindAsync(TestDatabase farm, Guid id) =>
        (await farm.Situations.FindAsync("default", id, TestDatabase.ServedFor, TestDatabase.Token))!;
}
