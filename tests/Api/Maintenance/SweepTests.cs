using Hangfire;
using Hangfire.Storage;
using Microsoft.Extensions.DependencyInjection;
using RenderFarm.Api.Maintenance;
using RenderFarm.Contracts.Jobs;
using RenderFarm.FarmTesting;
using RenderFarm.Persistence.Jobs;
using RenderFarm.Persistence.Storage;
using RenderFarm.Testing;
using Xunit;

namespace RenderFarm.Api.Tests.Maintenance;

public sealed class SweepTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Farm_WorkerGoesSilent_ItsJobIsRenderedByAnother()
    {
        var renderer = new TestRenderer { MaxBatch = 1 };
        await using var farm = await FarmHost.StartAsync(_folder.Path, [renderer]);
        // One job is on the device and one waits claimed behind it; the third another worker takes and is never heard of again.
        var batch = await farm.SubmitAsync("{\"prompt\": \"hold\"}", "{\"prompt\": \"next\"}", "{\"prompt\": \"taken\"}");
        await FarmHost.EventuallyAsync(() => farm.BatchAsync(batch.Id), status => status.Counts.Running == 2);
        var taken = (await farm.JobsAsync(batch.Id)).Single(job => job.State == JobState.Queued);
        Assert.Single(await farm.Services.GetRequiredService<JobLeases>().ClaimAsync("silent", "test", [new(taken.Id)], TimeSpan.FromSeconds(1), Token));
        renderer.Release();
        await farm.FinishedAsync(batch.Id);

        var job = await farm.GetAsync<JobStatus>($"/v1/jobs/{taken.Id}");
        Assert.Equal((JobState.Succeeded, 2, "lease_expired"), (job.State, job.Attempts, job.Error?.Kind));
        Assert.NotEqual("silent", job.Worker);
    }

    /// <summary>Hangfire's usual storage is one for the process: farms that start at the same moment would share it, and lose it with the first that ends.</summary>
    [Fact]
    public async Task Storage_OfARunningFarm_IsNotTheProcesss()
    {
        await using var farm = await FarmHost.StartAsync(_folder.Path);
        Assert.Equal(["delete-finished", "submit-scheduled", "sweep-leases", "sweep-orphans"], await RecurringAsync(farm));
        Assert.Throws<InvalidOperationException>(() => JobStorage.Current);
    }

    [Fact]
    public async Task I4_UploadOfAnAttemptThatNeverCommitted_IsDeletedOnceItIsOldEnough()
    {
        await using var farm = await FarmHost.StartAsync(_folder.Path);
        var batch = await farm.SubmitAsync("{\"prompt\": \"a\"}");
        await farm.FinishedAsync(batch.Id);
        var job = (await farm.JobsAsync(batch.Id))[0];
        var store = farm.Services.GetRequiredService<IObjectStore>();
        foreach (var epoch in (int[])[7, 8])
            await store.PutAsync(ObjectKey.Picture("default", batch.Id, job.Id, epoch, 0), new byte[5], "image/png", Token);
        File.SetLastWriteTimeUtc(_folder.File($"pictures/{ObjectKey.Picture("default", batch.Id, job.Id, 7, 0)}"), (TimeProvider.System.GetUtcNow() - TimeSpan.FromHours(2)).UtcDateTime);

        await ActivatorUtilities.CreateInstance<OrphanJob>(farm.Services).RunAsync(Token);

        Assert.Equal(["1-0.png", "8-0.png"], await store.ListAsync(string.Empty, Token).Select(item => Path.GetFileName(item.Key)).Order().ToListAsync(Token));
    }

    /// <summary>What recurs, once the farm has told its storage.</summary>
    private static Task<List<string>> RecurringAsync(FarmHost farm) => FarmHost.EventuallyAsync(
        () => Task.FromResult(farm.Services.GetRequiredService<JobStorage>().GetConnection().GetRecurringJobs().Select(recurring => recurring.Id).Order().ToList()),
        recurring => recurring.Count >= 4);
}
