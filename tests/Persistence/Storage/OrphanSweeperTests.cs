using Microsoft.Extensions.Options;
using RenderFarm.Persistence.Jobs;
using RenderFarm.Persistence.Storage;
using RenderFarm.Persistence.Tests.Databases;
using RenderFarm.Testing;
using Xunit;

namespace RenderFarm.Persistence.Tests.Storage;

public sealed class OrphanSweeperTests
{
    public static TheoryData<string> Providers => TestDatabase.Providers;

    [Theory]
    [MemberData(nameof(Providers))]
    public async Task I4_Orphans_AreSweptInPortionsAndNothingElseIs(string provider)
    {
        using var folder = new TemporaryFolder();
        await AssertSweepsAsync(provider, new FolderObjectStore(Options.Create(new StoreOptions { Folder = folder.Path })));
    }

    internal static async Task AssertSweepsAsync(string provider, IObjectStore store)
    {
        using var farm = await TestDatabase.CreateAsync(provider);
        var batch = await farm.SubmitAsync(3);
        var ids = await farm.IdsAsync(batch);
        string Key(Guid job, int epoch) => ObjectKey.Picture("default", batch, job, epoch, 0);
        // A kept stage of a finished job is nobody's; of others somebody may go on from it. The first job was fenced once and is committed with its second epoch; the second renders its first; the third waits for its next. A preview is of a running job's present attempt.
        await farm.ClaimAllAsync(batch, "former");
        await farm.Leases.ReleaseAsync([new(ids[0], 1), new(ids[2], 1)], TestDatabase.Token);
        var first = Assert.Single(await farm.Leases.ClaimAsync("w", "test", [new(ids[0])], TestDatabase.Lease, TestDatabase.Token));
        var result = TestDatabase.Result(first);
        result.Outputs[0].Key = Key(first.Id, 2);
        await farm.Results.CommitAsync([result], TestDatabase.Token);
        string Stage(Guid job, int epoch) => ObjectKey.Checkpoint(first with { Id = job, Epoch = epoch }, new(0, "00ff", new byte[3]));
        string Preview(Guid job, int epoch) => ObjectKey.Preview(first with { Id = job, Epoch = epoch }, new(1, "stage1", 1, 4, new byte[3]));
        string[] orphans = [Key(ids[0], 1), Key(ids[2], 1), Stage(ids[0], 1), Preview(ids[0], 2), Preview(ids[1], 0), Preview(ids[2], 1)];
        string[] kept = [Key(ids[0], 2), Key(ids[1], 1), Key(Guid.NewGuid(), 1), "notes/readme.txt", Stage(ids[1], 1), Stage(ids[2], 1), Stage(Guid.NewGuid(), 1), Preview(ids[1], 1), Preview(Guid.NewGuid(), 1)];
        foreach (var key in orphans.Concat(kept))
            await store.PutAsync(key, new byte[3], "image/png", TestDatabase.Token);
        await using var sweeper = new OrphanSweeper(farm.Database, store, Options.Create(new StoreOptions { OrphanPortion = 8 }));

        // Two sweeps go once round the fifteen objects; a third begins anew. The test's clock stands years ahead of the store's.
        Assert.Equal(6, await sweeper.SweepAsync(TestDatabase.Token) + await sweeper.SweepAsync(TestDatabase.Token));
        Assert.Equal(0, await sweeper.SweepAsync(TestDatabase.Token));
        Assert.Equal(kept.Order(StringComparer.Ordinal), (await store.ListAsync(string.Empty, TestDatabase.Token).Select(item => item.Key).ToListAsync(TestDatabase.Token)).Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task Sweep_OrphanYoungerThanTheGracePeriod_Stays()
    {
        using var folder = new TemporaryFolder();
        using var farm = await TestDatabase.CreateAsync("sqlite");
        var store = new FolderObjectStore(Options.Create(new StoreOptions { Folder = folder.Path }));
        var batch = await farm.SubmitAsync(1);
        var key = ObjectKey.Picture("default", batch, (await farm.IdsAsync(batch))[0], 1, 0);
        await store.PutAsync(key, new byte[3], "image/png", TestDatabase.Token);
        File.SetLastWriteTimeUtc(folder.File(key), (farm.Clock.GetUtcNow() - TimeSpan.FromMinutes(59)).UtcDateTime);
        await using var sweeper = new OrphanSweeper(farm.Database, store, Options.Create(new StoreOptions()));

        Assert.Equal(0, await sweeper.SweepAsync(TestDatabase.Token));
        farm.Clock.Advance(TimeSpan.FromMinutes(2));
        Assert.Equal(1, await sweeper.SweepAsync(TestDatabase.Token));
    }

    [Fact]
    public async Task Sweep_KeptStageOfAJobThatWasCanceledWhileItWaited_GoesAtOnce()
    {
        using var folder = new TemporaryFolder();
        using var farm = await TestDatabase.CreateAsync("sqlite");
        var store = new FolderObjectStore(Options.Create(new StoreOptions { Folder = folder.Path }));
        var batch = await farm.SubmitAsync(2);
        var jobs = await farm.ClaimAllAsync(batch, "former");
        await farm.Leases.ReleaseAsync([.. jobs.Select(job => new HeldJob(job.Id, job.Epoch))], TestDatabase.Token);
        foreach (var job in jobs)
            await store.PutAsync(ObjectKey.Checkpoint(job, new(0, "00ff", new byte[3])), new byte[3], "application/octet-stream", TestDatabase.Token);
        File.SetLastWriteTimeUtc(folder.File(ObjectKey.Checkpoint(jobs[0], new(0, "00ff", new byte[3]))), farm.Clock.GetUtcNow().UtcDateTime);
        await farm.Cancellation.CancelJobAsync(jobs[0].Id, "default", TestDatabase.Token);
        await using var sweeper = new OrphanSweeper(farm.Database, store, Options.Create(new StoreOptions()));

        Assert.Equal(1, await sweeper.SweepAsync(TestDatabase.Token));
        Assert.Equal(jobs[1].Id, ObjectKey.JobOf(Assert.Single(await store.ListAsync(string.Empty, TestDatabase.Token).Select(item => item.Key).ToListAsync(TestDatabase.Token))));
    }
}
