namespace RenderFarm.Persistence.Storage;

/// <summary>Keeps pictures. Objects are immutable: a key is written once, or again with the same bytes.</summary>
public interface IObjectStore
{
    /// <summary>Stores an object and verifies that size and SHA-256 arrived. Throws <see cref="StoreException"/>, then nothing is visible at the key.</summary>
    Task<StoredObject> PutAsync(string key, ReadOnlyMemory<byte> content, string contentType, CancellationToken cancellationToken);

    /// <summary>Opens an object for reading, or returns null where there is none.</summary>
    Task<Stream?> OpenAsync(string key, CancellationToken cancellationToken);

    /// <summary>Whether whoever reads the object gets what was stored. Looks at no more than that takes. Throws <see cref="StoreException"/> where the store does not say.</summary>
    Task<bool> HoldsAsync(StoredObject stored, CancellationToken cancellationToken) => HandsOutAsync(this, stored, cancellationToken);

    /// <summary>A link at which the object can be fetched from the store itself, or null where this store gives none.</summary>
    /// <param name="key">Name in the store; nobody looks whether it is there.</param>
    /// <param name="fileName">Name under which a browser saves it.</param>
    Task<ObjectLink?> LinkAsync(string key, string fileName) => Task.FromResult<ObjectLink?>(null);

    /// <summary>Deletes an object; one that is not there is no error.</summary>
    Task DeleteAsync(string key, CancellationToken cancellationToken);

    /// <summary>Keys that begin with a prefix, with the time of their writing.</summary>
    IAsyncEnumerable<(string Key, DateTimeOffset WrittenAt)> ListAsync(string prefix, CancellationToken cancellationToken);

    /// <summary>Makes the place for objects where it is missing. Returns what it did, for people to read.</summary>
    Task<string> PrepareAsync(CancellationToken cancellationToken);

    /// <summary>Throws <see cref="StoreException"/> unless the store can be written to.</summary>
    Task CheckAsync(CancellationToken cancellationToken);

    /// <summary>Reads an object and compares it with what was stored.</summary>
    internal static async Task<bool> HandsOutAsync(IObjectStore store, StoredObject stored, CancellationToken cancellationToken)
    {
        var content = await store.OpenAsync(stored.Key, cancellationToken).ConfigureAwait(false);
        if (content is null)
            return false;
        await using var _ = content.ConfigureAwait(false);
        return await Digest.OfAsync(content, cancellationToken).ConfigureAwait(false) == (stored.Size, stored.Sha256);
    }
}
