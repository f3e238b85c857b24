using Microsoft.Extensions.DependencyInjection;
using RenderFarm.Contracts.Batches;
using RenderFarm.Contracts.Jobs;
using RenderFarm.FarmTesting;
using RenderFarm.Persistence.Jobs;
using RenderFarm.Persistence.Storage;
using RenderFarm.Testing;
using Xunit;

namespace RenderFarm.Worker.Tests.Checkpoints;

public sealed class CheckpointKeeperTests : IDisposable
{
    private static readonly Dictionary<string, string?> KeepsAll = new() { ["Worker:CheckpointAfter"] = "00:00:00", ["Database:MaxAttempts"] = "1" };
    private readonly TemporaryFolder _folder = new();
    private readonly TestRenderer _renderer = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("staged, hold", JobState.Succeeded)]
    [InlineData("staged, hold, poison", JobState.Failed)]
    [InlineData("staged, hold, flaky at its last attempt", JobState.Failed)]
    [InlineData("staged, hold, it breaks at its last attempt", JobState.Failed)]
    public async Task KeptStages_OfAJobThatEnds_AreDeleted(string prompt, JobState end)
    {
        await using var farm = await FarmHost.StartAsync(_folder.Path, [_renderer], KeepsAll);
        var batch = await KeptAsync(farm, prompt);
        _renderer.Release();
        await farm.FinishedAsync(batch.Id);

        Assert.Equal(end, Assert.Single(await farm.JobsAsync(batch.Id)).State);
        await StagesAsync(farm, count: 0);
    }

    [Fact]
    public async Task KeptStages_OfAJobThatIsCanceled_AreDeleted()
    {
        await using var farm = await FarmHost.StartAsync(_folder.Path, [_renderer], KeepsAll);
        var batch = await KeptAsync(farm, "staged, hold");
        using var answer = await farm.Client.PostAsync($"/v1/batches/{batch.Id}/cancel", null, Token);
        Assert.True(answer.IsSuccessStatusCode);

        Assert.Equal(1, (await farm.FinishedAsync(batch.Id)).Counts.Canceled);
        await StagesAsync(farm, count: 0);
    }

    [Fact]
    public async Task KeptStages_OfAJobThatEndedWithoutItsWorkersKnowledge_AreDeleted()
    {
        await using var farm = await FarmHost.StartAsync(_folder.Path, [_renderer], KeepsAll);
        var batch = await KeptAsync(farm, "staged, hold");
        var job = Assert.Single(await farm.JobsAsync(batch.Id));
        var error = new JobError { Kind = "lease_expired", Message = "As the sweep would." };
        await farm.Services.GetRequiredService<JobResults>().ReportFailureAsync(new(job.Id, 1), error, retry: false, Token);

        await StagesAsync(farm, count: 0);
    }

    [Fact]
    public async Task KeptStages_OfAJobThatIsHandedBack_StayAndAreGivenToTheNextAttempt()
    {
        Guid batch;
        await using (var farm = await FarmHost.StartAsync(_folder.Path, [_renderer], new Dictionary<string, string?>(KeepsAll) { ["Worker:DrainTimeout"] = "00:00:00" }))
            batch = (await KeptAsync(farm, "staged, hold")).Id;
        using var next = new TestRenderer();
        next.Release();
        await using var later = await FarmHost.StartAsync(_folder.Path, [next], KeepsAll);
        await later.FinishedAsync(batch);

        Assert.Equal(0, Assert.Single(next.Works).ResumeFrom?.Stage);
        await StagesAsync(later, count: 0);
    }

    /// <summary>Submits a job and waits until its first stage is kept.</summary>
    private static async Task<BatchStatus> KeptAsync(FarmHost farm, string prompt)
    {
        var batch = await farm.SubmitAsync($"{{\"prompt\": \"{prompt}\"}}");
        await StagesAsync(farm, count: 1);
        return batch;
    }

    private static Task<int> StagesAsync(FarmHost farm, int count)
    {
        var store = farm.Services.GetRequiredService<IObjectStore>();
        return FarmHost.EventuallyAsync(
            async () => await store.ListAsync(string.Empty, Token).CountAsync(item => item.Key.EndsWith(".checkpoint", StringComparison.Ordinal), Token),
            stages => stages == count, TimeSpan.FromSeconds(30));
    }
}
