using RenderFarm.Contracts.Jobs;
using Xunit;

namespace RenderFarm.EndToEnd.Tests.Distributed;

public sealed class DistributedFarmTests
{
    private const int Jobs = 16;

    /// <summary>So many that the batch is far from done when something happens to it.</summary>
    private const int Steps = 100;

    [Fact]
    public async Task I4_Batch_OfTwoWorkers_IsInTheBucketAsRecorded()
    {
        var (farm, _) = await DistributedFarm.StartAsync(workers: 2);
        await using var running = farm;
        var jobs = await farm.AssertAllSucceedAsync(await farm.SubmitAsync(Jobs, Steps));
        Assert.Equal(2, jobs.Select(job => job.Worker).Distinct().Count());
        Assert.All(jobs, job => Assert.Equal(1, job.Attempts));
    }

    [Fact]
    public async Task I1_Worker_KilledInMidBatch_LosesAndDoublesNothing()
    {
        var (farm, workers) = await DistributedFarm.StartAsync(workers: 2);
        await using var running = farm;
        var batch = await farm.SubmitAsync(Jobs, Steps);
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
        var batch = await farm.SubmitAsync(Jobs, Steps);
        await farm.BatchAsync(batch, status => status.Counts.Succeeded > 0);

        await farm.Broker.RestartAsync();

        await farm.AssertAllSucceedAsync(batch);
        await farm.AssertAllSucceedAsync(await farm.SubmitAsync(2, steps: 2));
    }

    [Fact]
    public async Task Worker_ToldToEndInMidBatch_DrainsWithinTheSetTimeAndItsJobsGoOn()
    {
        var (farm, workers) = await DistributedFarm.StartAsync(2, ("Worker__DrainTimeout", "00:00:05"));
        await using var running = farm;
        var batch = await farm.SubmitAsync(Jobs, Steps);
        await farm.BatchAsync(batch, status => status.Counts is { Succeeded: > 0, Running: > 2 });

        var began = TimeProvider.System.GetTimestamp();
        await workers[0].SignalAsync("TERM");

        Assert.Equal(0, workers[0].ExitCode);
        Assert.InRange(TimeProvider.System.GetElapsedTime(began), TimeSpan.Zero, TimeSpan.FromSeconds(20));
        Assert.All(await farm.AssertAllSucceedAsync(batch), job => Assert.Equal(1, job.Attempts));
        Assert.All(await farm.JobsAsync(batch), job => Assert.Equal(JobState.Succeeded, job.State));
    }
}
