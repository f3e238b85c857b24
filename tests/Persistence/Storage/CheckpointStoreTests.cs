using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using RenderFarm.Contracts.Batches;
using RenderFarm.Persistence.Jobs;
using RenderFarm.Persistence.Storage;
using RenderFarm.Testing;
using Xunit;

namespace RenderFarm.Persistence.Tests.Storage;

public sealed class CheckpointStoreTests : IDisposable
{
    private const string Fingerprint = "00ff";
    private readonly TemporaryFolder _folder = new();
    private readonly FolderObjectStore _objects;
    private readonly CheckpointStore _store;

    public CheckpointStoreTests()
    {
        _objects = new(Options.Create(new StoreOptions { Folder = _folder.Path }));
        _store = new(_objects, NullLogger<CheckpointStore>.Instance);
    }

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Find_SeveralAttempts_IsTheFurthestStageOfTheLast()
    {
        var job = Job();
        await _store.KeepAsync(job, new(0, Fingerprint, new byte[] { 1 }), Token);
        await _store.KeepAsync(job, new(1, Fingerprint, new byte[] { 2 }), Token);
        await _store.KeepAsync(job with { Epoch = 2 }, new(0, Fingerprint, new byte[] { 3 }), Token);
        await _store.KeepAsync(Job() with { Epoch = 9 }, new(5, Fingerprint, new byte[] { 4 }), Token);

        var found = await _store.FindAsync(job with { Epoch = 3 }, Token);

        Assert.Equal((1, Fingerprint, (byte)2), (found!.Stage, found.Fingerprint, Assert.Single(found.Content.ToArray())));
    }

    [Fact]
    public async Task Find_DamagedStage_IsPassedOver()
    {
        var job = Job();
        await _store.KeepAsync(job, new(0, Fingerprint, new byte[] { 1 }), Token);
        var damaged = await _store.KeepAsync(job, new(1, Fingerprint, new byte[] { 2 }), Token);
        await File.WriteAllBytesAsync(_folder.File(damaged.Key), [7], Token);

        Assert.Equal(0, (await _store.FindAsync(job, Token))!.Stage);
        Assert.Null(await _store.FindAsync(Job(), Token));
    }

    [Fact]
    public async Task Drop_Job_LosesItsStagesAndNoPicture()
    {
        var (job, other) = (Job(), Job());
        var picture = ObjectKey.Picture(job.Tenant, job.BatchId, job.Id, 1, 0);
        await _objects.PutAsync(picture, new byte[1], "image/png", Token);
        await _store.KeepAsync(job, new(0, Fingerprint, new byte[] { 1 }), Token);
        var kept = await _store.KeepAsync(other, new(0, Fingerprint, new byte[] { 1 }), Token);

        await _store.DropAsync(job with { Epoch = 4 }, Token);

        Assert.Equal(new[] { picture, kept.Key }.Order(StringComparer.Ordinal), await _objects.ListAsync("", Token).Select(item => item.Key).Order(StringComparer.Ordinal).ToListAsync(Token));
    }

    private static ClaimedJob Job() => new()
    {
        Id = Guid.NewGuid(), Epoch = 1, Attempts = 1, BatchId = Guid.NewGuid(), Tenant = "t", CustomId = "a", Model = "m", CreatedAt = default, Prompt = "p", Seed = 1,
        Settings = new Dictionary<string, StageSettings>(),
    };
}
