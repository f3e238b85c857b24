using Microsoft.Extensions.Options;
using RenderFarm.Contracts.Batches;
using RenderFarm.Contracts.Jobs;
using RenderFarm.Persistence.Jobs;
using RenderFarm.Persistence.Storage;
using RenderFarm.Testing;
using Xunit;

namespace RenderFarm.Persistence.Tests.Storage;

public sealed class PreviewStoreTests : IDisposable
{
    private static readonly Guid Id = Guid.NewGuid(), Batch = Guid.NewGuid();
    private readonly TemporaryFolder _folder = new();
    private readonly PreviewStore _store;

    public PreviewStoreTests() => _store = new(new FolderObjectStore(Options.Create(new StoreOptions { Folder = _folder.Path })));

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Find_SeveralPreviews_IsTheNewestOfThePresentAttempt()
    {
        await KeepAsync(Claimed(1), number: 30);
        await KeepAsync(Claimed(2), number: 9);
        await KeepAsync(Claimed(2), number: 10);
        await KeepAsync(Claimed(2) with { Id = Guid.NewGuid() }, number: 20);

        var found = await _store.FindAsync(Job(epoch: 2), Token);

        Assert.Equal((new HeldJob(Id, 2), 10, "stage2", 3, 50), (found!.Name.Job, found.Name.Number, found.Name.Stage, found.Name.Step, found.Name.Steps));
        Assert.Equal(Digest.Of([10]), found.Name.Sha256);
    }

    [Fact]
    public async Task Find_AttemptWithoutOneOrJobThatDoesNotRun_IsNone()
    {
        await KeepAsync(Claimed(1), number: 1);

        Assert.Null(await _store.FindAsync(Job(epoch: 2), Token));
        Assert.Null(await _store.FindAsync(Job(epoch: 1, JobState.Succeeded), Token));
        Assert.NotNull(await _store.FindAsync(Job(epoch: 1), Token));
    }

    [Fact]
    public void Key_OfAPreview_IsNoPictureAndNoCheckpoint()
    {
        var key = PreviewStore.KeyOf(Claimed(3), new(1, "stage1", 2, 4, new byte[] { 1 }));

        Assert.Null(ObjectKey.Attempt(key));
        Assert.Null(ObjectKey.CheckpointOf(key));
        Assert.Equal(Id, ObjectKey.JobOf(key));
        Assert.Null(ObjectKey.PreviewOf(ObjectKey.Picture("t", Batch, Id, 1, 0)));
        Assert.Null(ObjectKey.PreviewOf(key.Replace("preview1.", "preview99999999999.", StringComparison.Ordinal)));
    }

    private async Task KeepAsync(ClaimedJob job, int number)
    {
        var preview = new NewPreview(number, "stage2", 3, 50, new[] { (byte)number });
        await _store.KeepAsync(PreviewStore.KeyOf(job, preview), preview, Token);
    }

    private static ClaimedJob Claimed(int epoch) => new()
    {
        Id = Id, Epoch = epoch, Attempts = 1, BatchId = Batch, Tenant = "t", CustomId = "a", Model = "m", CreatedAt = default, Prompt = "p", Seed = 1,
        Settings = new Dictionary<string, StageSettings>(),
    };

    private static Job Job(int epoch, JobState state = JobState.Running) => new()
    {
        Id = Id, BatchId = Batch, Epoch = epoch, State = state, Tenant = "t", CustomId = "a", Model = "m", Prompt = "p", Settings = "{}", Compatibility = "c",
    };
}
