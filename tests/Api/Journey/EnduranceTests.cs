using Microsoft.Extensions.DependencyInjection;
using RenderFarm.Contracts.Jobs;
using RenderFarm.FarmTesting;
using RenderFarm.Persistence.Storage;
using RenderFarm.Testing;
using Xunit;

namespace RenderFarm.Api.Tests.Journey;

public sealed class EnduranceTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task I3_TenThousandJobs_EachEndsWithItsOwnPicture()
    {
        const int Count = 10_000;
        await using var farm = await FarmHost.StartAsync(_folder.Path, [new TestRenderer { MaxBatch = 64 }, new TestRenderer { MaxBatch = 64 }]);
        var batch = await farm.SubmitAsync(Enumerable.Range(0, Count).Select(i => $$"""{"prompt": "picture {{i}}", "seed": {{i}}}"""));
        var finished = await farm.FinishedAsync(batch.Id, TimeSpan.FromMinutes(4));

        Assert.Equal((Count, Count), (finished.Counts.Total, finished.Counts.Succeeded));
        var seen = 0;
        for (var after = "-1"; after is not null;)
        {
            var page = await farm.GetAsync<JobPage>($"/v1/batches/{batch.Id}/jobs?limit=1000&after={after}");
            foreach (var job in page.Items)
            {
                var drawn = Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(TestRenderer.Draw(job.Seed)));
                Assert.Equal((seen++, 1, drawn), ((int)job.Seed, job.Attempts, Assert.Single(job.Outputs).Sha256));
            }

            after = page.Next;
        }

        Assert.Equal(Count, seen);
        Assert.Equal(Count, await farm.Services.GetRequiredService<IObjectStore>().ListAsync(string.Empty, Token).CountAsync(Token));
    }

    [Fact]
    public async Task I2_FilesAsAKillLeavesThem_TheNextStartFinishesEverything()
    {
        using var copy = new TemporaryFolder();
        var stuck = new TestRenderer { MaxBatch = 4 };
        // Without heartbeats nothing is written while the device is stuck: what is copied then is what kill -9 would leave.
        await using var first = await FarmHost.StartAsync(_folder.Path, [stuck],
            new Dictionary<string, string?> { ["Worker:Heartbeat"] = "00:01:00", ["Worker:Lease"] = "00:10:00" });
        var batch = await first.SubmitAsync(Enumerable.Range(0, 60).Select(i => $$"""{"prompt": "{{(i == 9 ? "hold" : "go")}} {{i}}", "seed": {{i}}}"""));
        await FarmHost.EventuallyAsync(() => first.BatchAsync(batch.Id), status => status.Counts is { Succeeded: >= 1, Running: >= 1, Queued: >= 1 } && stuck.IsHolding);
        await Task.Delay(500, Token);
        CopyTo(copy.Path);

        await using var second = await FarmHost.StartAsync(copy.Path, [Released()]);
        var finished = await second.FinishedAsync(batch.Id);
        var jobs = await second.JobsAsync(batch.Id);

        Assert.Equal(60, finished.Counts.Succeeded);
        Assert.Contains(jobs, job => job.Attempts == 2);
        foreach (var job in jobs)
            Assert.Equal(TestRenderer.Draw(job.Seed), await second.Client.GetByteArrayAsync(Assert.Single(job.Outputs).Url, Token));
        stuck.Release();
    }

    [Fact]
    public async Task I4_StoreIsAwayForLongerThanAttemptsLast_EveryPictureIsStoredInTheEndAndNoAttemptCounts()
    {
        const int Jobs = 20;
        await using var farm = await FarmHost.StartAsync(_folder.Path,
            settings: new Dictionary<string, string?> { ["Worker:DeliveryTries"] = "1", ["Database:MaxAttempts"] = "2", ["Database:MaxRetryDelay"] = "00:00:00.100" },
            services: services => services.AddSingleton<IObjectStore>(provider => new FailingStore(ActivatorUtilities.CreateInstance<FolderObjectStore>(provider), Jobs * 6)));
        var batch = await farm.SubmitAsync(Enumerable.Range(0, Jobs).Select(i => $$"""{"prompt": "{{i}}", "seed": {{i}}}"""));
        var finished = await farm.FinishedAsync(batch.Id);
        var jobs = await farm.JobsAsync(batch.Id);

        Assert.Equal(Jobs, finished.Counts.Succeeded);
        Assert.All(jobs, job => Assert.Equal(1, job.Attempts));
        Assert.Contains(jobs, job => job.Error is { Kind: "transient", Message: "The store does not answer." });
        foreach (var job in jobs)
            Assert.Equal(TestRenderer.Draw(job.Seed), await farm.Client.GetByteArrayAsync(job.Outputs[0].Url, Token));
    }

    private void CopyTo(string folder)
    {
        foreach (var path in Directory.EnumerateFiles(_folder.Path, "*", SearchOption.AllDirectories).Where(path => !path.EndsWith(".lock", StringComparison.Ordinal)))
        {
            var target = Path.Combine(folder, Path.GetRelativePath(_folder.Path, path));
            Directory.CreateDirectory(Path.GetDirectoryName(target)!);
            File.Copy(path, target);
        }
    }

    private static TestRenderer Released()
    {
        var renderer = new TestRenderer { MaxBatch = 4 };
        renderer.Release();
        return renderer;
    }

    /// <summary>A real store behind a network that loses the first uploads.</summary>
    private sealed class FailingStore(IObjectStore inner, int failures) : StoreAround(inner)
    {
        private int _failures = failures;

        public override Task<StoredObject> PutAsync(string key, ReadOnlyMemory<byte> content, string contentType, CancellationToken cancellationToken) =>
            Interlocked.Decrement(ref _failures) >= 0
                ? throw new StoreException("The store does not answer.") : base.PutAsync(key, content, contentType, cancellationToken);
    }
}
