using RenderFarm.Persistence.Storage;

namespace RenderFarm.FarmTesting;

/// <summary>A store that does what another does; tests override what is to go wrong.</summary>
public abstract class StoreAround(IObjectStore inner) : IObjectStore
{
    public virtual Task<StoredObject> PutAsync(string key, ReadOnlyMemory<byte> content, string contentType, CancellationToken cancellationToken) =>
        inner.PutAsync(key, content, contentType, cancellationToken);

    public virtual Task<Stream?> OpenAsync(string key, CancellationToken cancellationToken) => inner.OpenAsync(key, cancellationToken);

    public virtual Task<ObjectLink?> LinkAsync(string key, string fileName) => inner.LinkAsync(key, fileName);

    public virtual Task DeleteAsync(string key, CancellationToken cancellationToken) => inner.DeleteAsync(key, cancellationToken);

    public virtual IAsyncEnumerable<(string Key, DateTimeOffset WrittenAt)> ListAsync(string prefix, CancellationToken cancellationToken) => inner.ListAsync(prefix, cancellationToken);

    public virtual Task<string> PrepareAsync(CancellationToken cancellationToken) => inner.PrepareAsync(cancellationToken);

    public virtual Task CheckAsync(CancellationToken cancellationToken) => inner.CheckAsync(cancellationToken);
}
