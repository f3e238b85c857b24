using Microsoft.Extensions.Options;
using RenderFarm.FarmTesting;
using RenderFarm.Persistence.Storage;

namespace RenderFarm.Worker.Tests.Previews;

/// <summary>A real store that does not take previews: it refuses them, or does not answer until it is told to stop.</summary>
internal sealed class NoPreviews(IOptions<StoreOptions> options, bool hangs) : StoreAround(new FolderObjectStore(options))
{
    private int _asked;

    /// <summary>How often it was to take one.</summary>
    public int Asked => _asked;

    public override async Task<StoredObject> PutAsync(string key, ReadOnlyMemory<byte> content, string contentType, CancellationToken cancellationToken)
    {
        if (!key.Contains("preview", StringComparison.Ordinal))
            return await base.PutAsync(key, content, contentType, cancellationToken);
        Interlocked.Increment(ref _asked);
        if (hangs)
            await Task.Delay(Timeout.Infinite, cancellationToken);
        throw new StoreException("There is no room.");
    }
}

/// <summary>A real store that deletes nothing.</summary>
internal sealed class NoDeletes(IOptions<StoreOptions> options) : StoreAround(new FolderObjectStore(options))
{
    public override Task DeleteAsync(string key, CancellationToken cancellationToken) => throw new StoreException("It may not be deleted.");
}

/// <summary>A real store that deletes when it is let.</summary>
internal sealed class SlowDeletes(IOptions<StoreOptions> options) : StoreAround(new FolderObjectStore(options))
{
    private readonly TaskCompletionSource _begun = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _release = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public Task Begun => _begun.Task;

    public void Release() => _release.TrySetResult();

    public override async Task DeleteAsync(string key, CancellationToken cancellationToken)
    {
        _begun.TrySetResult();
        await _release.Task.WaitAsync(cancellationToken);
        await base.DeleteAsync(key, cancellationToken);
    }
}
