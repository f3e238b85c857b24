using RenderFarm.Contracts.Jobs;
using Xunit;

namespace RenderFarm.EndToEnd.Tests.Distributed;

public sealed class DistributedFarmTests
{
    private const int Jobs = 40;

    /// <summary>So slow that the batch is far from done when something happens to it.</summary>
    private const string Slow = "a slow circle";

    [Fact]
    public async Task I4_Batch_OfTheWorkerAsItShips_IsInTheBucketAsRecorded()
    {
        var (farm, _) = await DistributedFarm.StartAsync(workers: 0);
        await using var running = farm;
        await farm.ReadyAsync(farm.StartWorker());
        Assert.All(await farm.AssertAllSucceedAsync(await farm.SubmitAsync(3, "a photo of a corgi")), job => Assert.Equal(1, job.Attempts));
    }

    [Fact]
    public async Task Batch_OfTwoWorkers_IsSharedBetweenThem()
    {
        var (farm, _) = await DistributedFarm.StartAsync(workers: 2);
        await using var running = farm;
        var jobs = await farm.AssertAllSucceedAsync(await farm.SubmitAsync(Jobs, Slow));
        Assert.Equal(2, jobs.Select(job => job.Worker).Distinct().Count());
        Assert.All(jobs, job => Assert.Equal(1, job.Attempts));
    }

    [Fact]
    public async Task I1_Worker_KilledInMidBatch_LosesAndDoublesNothing()
    {
        var (farm, workers) = await DistributedFarm.StartAsync(workers: 2);
        await using var running = farm;
        var batch = await farm.SubmitAsync(Jobs, Slow);
        await farm.BatchAsync(batch, status => status.Counts is { Succeeded: > 0, Running: > 2 });

        await workers[0].KillAsync();

        var jobs = await farm.AssertAllSucceedAsync(batch);
        Assert.Contains(jobs, job => job is { Attempts: > 1, Error.Kind: "lease_expired" });
    }

    [Fact]
    public async Task I2_Broker_RestartedInMidBatch_LosesNothing()
    {
        var (farm, _) = await DistributedFarm.StartAsync(workers: 2);
        await using var running = farm;
        var batch = await farm.SubmitAsync(Jobs, Slow);
        await farm.BatchAsync(batch, status => status.Counts.Succeeded > 0);

        await farm.Broker.RestartAsync();

        await farm.AssertAllSucceedAsync(batch);
        await farm.AssertAllSucceedAsync(await farm.SubmitAsync(2, "a circle"));
    }

    [Fact]
    public async Task Worker_ToldToEndInMidBatch_DrainsWithinTheSetTimeAndItsJobsGoOn()
    {
        var (farm, workers) = await DistributedFarm.StartAsync(2, ("Worker__DrainTimeout", "00:00:05"));
        await using var running = farm;
        var batch = await farm.SubmitAsync(Jobs, Slow);
        await farm.BatchAsync(batch, status => status.Counts is { Succeeded: > 0, Running: > 2 });

        var began = TimeProvider.System.GetTimestamp();
        await workers[0].SignalAsync("TERM");

        Assert.Equal(0, workers[0].ExitCode);
        Assert.InRange(TimeProvider.System.GetElapsedTime(began), TimeSpan.Zero, TimeSpan.FromSeconds(20));
        Assert.All(await farm.AssertAllSucceedAsync(batch), job => Assert.Equal(1, job.Attempts));
        Assert.All(await farm.JobsAsync(batch), job => Assert.Equal(JobState.Succeeded, job.State));
    }
}
