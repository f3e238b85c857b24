using Microsoft.Extensions.Options;
using RenderFarm.Contracts.Batches;
using RenderFarm.Persistence.Batches;
using RenderFarm.Persistence.Storage;
using RenderFarm.Persistence.Tests.Databases;
using RenderFarm.Testing;
using Xunit;

namespace RenderFarm.Persistence.Tests.Batches;

public sealed class RetentionTests
{
    private static readonly TimeSpan Week = TimeSpan.FromDays(7);

    public static TheoryData<string> Providers => TestDatabase.Providers;

    [Theory]
    [MemberData(nameof(Providers))]
    public async Task Delete_FinishedLongAgo_GoesWithItsPicturesAndNothingElse(string provider)
    {
        using var folder = new TemporaryFolder();
        using var farm = await TestDatabase.CreateAsync(provider);
        var store = new FolderObjectStore(Options.Create(new StoreOptions { Folder = folder.Path }));
        var retention = new Retention(farm.Database, store);
        var old = await FinishedAsync(farm, store, 1001);
        var oldKept = await farm.SubmitAsync(2);
        // An upload of a worker that was lost before its commit.
        await store.PutAsync(ObjectKey.Picture("default", old, (await farm.IdsAsync(old))[0], 9, 0), new byte[3], "image/png", TestDatabase.Token);
        farm.Clock.Advance(Week);
        var young = await FinishedAsync(farm, store, 1);
        farm.Clock.Advance(TimeSpan.FromSeconds(1));

        Assert.Equal(1, await retention.DeleteAsync(Week, 10, TestDatabase.Token));
        Assert.Equal(0, await retention.DeleteAsync(Week, 10, TestDatabase.Token));

        Assert.Null(await farm.Queries.BatchAsync("default", old, TestDatabase.Token));
        Assert.Empty(await farm.IdsAsync(old));
        Assert.Equal([young, oldKept], (await farm.Queries.BatchesAsync("default", null, 10, TestDatabase.Token)).Select(batch => batch.Id));
        var key = Assert.Single((await farm.JobAsync((await farm.IdsAsync(young))[0])).Outputs).Key;
        Assert.Equal([key], await store.ListAsync(string.Empty, TestDatabase.Token).Select(item => item.Key).ToListAsync(TestDatabase.Token));
        await farm.AssertCountersAsync();
    }

    [Theory]
    [MemberData(nameof(Providers))]
    public async Task Delete_BatchWithAKey_TheSameRequestMakesANewOne(string provider)
    {
        using var folder = new TemporaryFolder();
        using var farm = await TestDatabase.CreateAsync(provider);
        var request = TestDatabase.Batch([TestDatabase.Job("a")], key: "k");
        var first = await farm.Intake.AcceptAsync(request, TestDatabase.Token);
        await farm.Cancellation.CancelBatchAsync(first.BatchId, "default", TestDatabase.Token);
        farm.Clock.Advance(Week * 2);
        await new Retention(farm.Database, new FolderObjectStore(Options.Create(new StoreOptions { Folder = folder.Path }))).DeleteAsync(Week, 10, TestDatabase.Token);

        var second = await farm.Intake.AcceptAsync(request, TestDatabase.Token);
        Assert.Equal((AcceptanceKind.Created, true), (second.Kind, second.BatchId != first.BatchId));
    }

    [Theory]
    [MemberData(nameof(Providers))]
    public async Task Delete_StoreFailsHalfWay_TheNextRunDeletesTheRest(string provider)
    {
        using var folder = new TemporaryFolder();
        using var farm = await TestDatabase.CreateAsync(provider);
        var store = new FolderObjectStore(Options.Create(new StoreOptions { Folder = folder.Path }));
        var batch = await FinishedAsync(farm, store, 3);
        farm.Clock.Advance(Week * 2);

        await Assert.ThrowsAsync<StoreException>(() => new Retention(farm.Database, new FailingStore(store)).DeleteAsync(Week, 10, TestDatabase.Token));
        Assert.Equal(BatchState.Finished, (await farm.Queries.BatchAsync("default", batch, TestDatabase.Token))!.State);
        Assert.Equal(2, await store.ListAsync(string.Empty, TestDatabase.Token).CountAsync(TestDatabase.Token));
        Assert.Equal(1, await new Retention(farm.Database, store).DeleteAsync(Week, 10, TestDatabase.Token));
        Assert.Null(await farm.Queries.BatchAsync("default", batch, TestDatabase.Token));
        Assert.Equal(0, await store.ListAsync(string.Empty, TestDatabase.Token).CountAsync(TestDatabase.Token));
    }

    private static async Task<Guid> FinishedAsync(TestDatabase farm, FolderObjectStore store, int jobs)
    {
        var batch = await farm.SubmitAsync(jobs);
        foreach (var part in (await farm.ClaimAllAsync(batch)).Chunk(500))
        {
            var results = part.Select(TestDatabase.Result).ToList();
            foreach (var result in results)
            {
                result.Outputs[0].Key = ObjectKey.Picture("default", batch, result.Job.JobId, result.Job.Epoch, 0);
                await store.PutAsync(result.Outputs[0].Key, new byte[3], "image/png", TestDatabase.Token);
            }

            await farm.Results.CommitAsync(results, TestDatabase.Token);
        }

        return batch;
    }

    /// <summary>A store that deletes one object and then is away.</summary>
    private sealed class FailingStore(IObjectStore store) : IObjectStore
    {
        private int _deletes;

        public Task<StoredObject> PutAsync(string key, ReadOnlyMemory<byte> content, string contentType, CancellationToken cancellationToken) =>
            store.PutAsync(key, content, contentType, cancellationToken);

        public Task<Stream?> OpenAsync(string key, CancellationToken cancellationToken) => store.OpenAsync(key, cancellationToken);

        public Task DeleteAsync(string key, CancellationToken cancellationToken) =>
            ++_deletes == 1 ? store.DeleteAsync(key, cancellationToken) : throw new StoreException("The store is away.");

        public IAsyncEnumerable<(string Key, DateTimeOffset WrittenAt)> ListAsync(string prefix, CancellationToken cancellationToken) => store.ListAsync(prefix, cancellationToken);

        public Task<string> PrepareAsync(CancellationToken cancellationToken) => store.PrepareAsync(cancellationToken);

        public Task CheckAsync(CancellationToken cancellationToken) => store.CheckAsync(cancellationToken);
    }
}
