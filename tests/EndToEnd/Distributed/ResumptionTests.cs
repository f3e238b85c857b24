using RenderFarm.Contracts.Batches;
using RenderFarm.Contracts.Jobs;
using Xunit;

namespace RenderFarm.EndToEnd.Tests.Distributed;

public sealed class ResumptionTests
{
    private const string Checkpoint = ".checkpoint";

    /// <summary>So long that the first stage is kept before the second is done.</summary>
    private const string LongSecondStage = """{"stage2": {"steps": 150}}""";

    [Fact]
    public async Task I10_Worker_KilledBetweenStages_TheNextGoesOnFromThereToTheSameBytes()
    {
        var (farm, _) = await DistributedFarm.StartAsync(0, ("Worker__CheckpointAfter", "00:00:00"));
        await using var running = farm;
        var first = farm.StartWorker();
        await farm.ReadyAsync(first);
        var batch = await farm.SubmitAsync(1, "a photo of a corgi", LongSecondStage);
        var kept = await farm.EventuallyAsync(farm.KeysAsync, keys => keys.Any(key => key.EndsWith(Checkpoint, StringComparison.Ordinal)), first);
        Assert.Contains("-stage1.", Assert.Single(kept), StringComparison.Ordinal);
        Assert.Equal(0, (await farm.GetAsync<BatchStatus>($"v1/batches/{batch}")).Counts.Succeeded);

        await first.KillAsync();
        await farm.ReadyAsync(farm.StartWorker());

        var resumed = Assert.Single(await farm.AssertAllSucceedAsync(batch));
        Assert.Equal(2, resumed.Attempts);
        Assert.Equal(["stage2"], resumed.Timings.Select(timing => timing.Stage));
        var undisturbed = Assert.Single(await farm.AssertAllSucceedAsync(await farm.SubmitAsync(1, "a photo of a corgi", LongSecondStage)));
        Assert.Equal(["stage1", "stage2"], undisturbed.Timings.Select(timing => timing.Stage));
        Assert.Equal(undisturbed.Outputs[0].Sha256, resumed.Outputs[0].Sha256);
        await farm.EventuallyAsync(farm.KeysAsync, keys => !keys.Any(key => key.EndsWith(Checkpoint, StringComparison.Ordinal)));
    }
}
