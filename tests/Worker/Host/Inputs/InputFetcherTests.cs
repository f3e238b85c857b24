using System.Runtime.CompilerServices;
using Microsoft.Extensions.Options;
using RenderFarm.Contracts.Batches;
using RenderFarm.Contracts.Pictures;
using RenderFarm.Persistence;
using RenderFarm.Persistence.Jobs;
using RenderFarm.Persistence.Storage;
using RenderFarm.Worker.Delivery;
using RenderFarm.Worker.Devices;
using RenderFarm.Worker.Inputs;
using Xunit;

namespace RenderFarm.Worker.Tests.Inputs;

public sealed class InputFetcherTests
{
    [Fact]
    public async Task Fetch_StoreThatAnswersButDoesNotGiveThePicture_CountsAsAnAttemptAndNamesTheRemedy()
    {
        var fault = await FaultAsync(new SilentStore(isAway: false));

        Assert.False(Outage.Is(fault));
        Assert.Contains("upload the same file again", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Fetch_StoreThatIsAway_LeavesTheJobWaiting() => Assert.True(Outage.Is(await FaultAsync(new SilentStore(isAway: true))));

    private static async Task<Exception> FaultAsync(SilentStore store)
    {
        var picture = new InputPicture { Id = "a", Key = "inputs/a", ContentType = "image/png", Width = 1, Height = 1, Size = 3, Sha256 = new string('0', 64) };
        var job = new ClaimedJob
        {
            Id = Guid.NewGuid(), Epoch = 1, Attempts = 1, BatchId = Guid.NewGuid(), Tenant = "t", CustomId = "c", Model = "m", CreatedAt = DateTimeOffset.UnixEpoch, Prompt = "p", Seed = 1,
            Settings = new Dictionary<string, StageSettings>(), Inputs = new Dictionary<string, InputPicture> { [InputRole.Start] = picture },
        };
        using var item = new HeldItem(job, new QueuedPrompt(job.Id, "c", false, DateTimeOffset.UnixEpoch));
        using var group = new HeldGroup([item], TestContext.Current.CancellationToken);

        await new InputFetcher(store, Options.Create(new WorkerOptions { DeliveryTries = 2, DeliveryDelay = TimeSpan.FromMilliseconds(1) }), TimeProvider.System).FetchAsync(group);

        Assert.Empty(item.Inputs);
        return item.Fault!;
    }

    /// <summary>Gives no object; says whether it is there at all.</summary>
    private sealed class SilentStore(bool isAway) : IObjectStore
    {
        public Task<Stream?> OpenAsync(string key, CancellationToken cancellationToken) => throw new StoreException($"Cannot read '{key}'.");

        public Task CheckAsync(CancellationToken cancellationToken) => isAway ? throw new StoreException("Cannot reach the bucket.") : Task.CompletedTask;

        public Task<StoredObject> PutAsync(string key, ReadOnlyMemory<byte> content, string contentType, CancellationToken cancellationToken) => throw new NotSupportedException();

        public Task DeleteAsync(string key, CancellationToken cancellationToken) => throw new NotSupportedException();

        public Task<string> PrepareAsync(CancellationToken cancellationToken) => throw new NotSupportedException();

        public async IAsyncEnumerable<(string Key, DateTimeOffset WrittenAt)> ListAsync(string prefix, [EnumeratorCancellation] CancellationToken cancellationToken)
        {
            await Task.CompletedTask;
            yield break;
        }
    }
}
