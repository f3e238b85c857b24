namespace RenderFarm.Persistence.Storage;

/// <summary>Keeps pictures. Objects are immutable: a key is written once, or again with the same bytes.</summary>
public interface IObjectStore
{
    /// <summary>Stores an object and verifies that size and SHA-256 arrived. Throws <see cref="StoreException"/>, then nothing is visible at the key.</summary>
    Task<StoredObject> PutAsync(string key, ReadOnlyMemory<byte> content, string contentType, CancellationToken cancellationToken);

    /// <summary>Opens an object for reading, or returns null where there is none.</summary>
    Task<Stream?> OpenAsync(string key, CancellationToken cancellationToken);

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
}
