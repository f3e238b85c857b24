using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using Microsoft.Extensions.Options;

namespace RenderFarm.Persistence.Storage;

/// <summary>Keeps objects as files. A file appears whole under its key or not at all: written aside, flushed, read back, then renamed.</summary>
public sealed class FolderObjectStore : IObjectStore
{
    private const string Aside = ".incoming";
    private readonly string _root;
    private readonly string _aside;

    // What was there before was left by a process that ended amid an upload.
    private readonly DateTimeOffset _madeAt = TimeProvider.System.GetUtcNow();
    private int _isAsideClean;

    // A disk that has no room for a picture may have some for a byte.
    private volatile int _probeBytes = 1;

    // Folders further up hold few entries that hardly change: each is flushed once per child by this process.
    private readonly ConcurrentDictionary<string, bool> _flushed = new();

    public FolderObjectStore(IOptions<StoreOptions> options)
    {
        ArgumentNullException.ThrowIfNull(options);
        _root = Path.GetFullPath(options.Value.Folder);
        _aside = Path.Combine(_root, Aside);
    }

    public async Task<StoredObject> PutAsync(string key, ReadOnlyMemory<byte> content, string contentType, CancellationToken cancellationToken)
    {
        var target = PathOf(key);
        var temporary = Path.Combine(_aside, Guid.NewGuid().ToString("N"));
        try
        {
            Directory.CreateDirectory(_aside);
            DiscardLeftovers();
            await WriteAsync(temporary, content, cancellationToken).ConfigureAwait(false);
            var stored = await VerifyAsync(key, temporary, content, cancellationToken).ConfigureAwait(false);
            Directory.CreateDirectory(Path.GetDirectoryName(target)!);
            File.Move(temporary, target, overwrite: true);
            FlushOrDiscard(target);
            _probeBytes = 1;
            return stored;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            _probeBytes = content.Length;
            throw new StoreException($"Cannot store '{key}' under '{_root}': {e.Message}. Check free space and permissions; the job is tried again.", e);
        }
        finally
        {
            Discard(temporary);
        }
    }

    public Task<Stream?> OpenAsync(string key, CancellationToken cancellationToken)
    {
        var path = PathOf(key);
        try
        {
            return Task.FromResult<Stream?>(new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read | FileShare.Delete, 81920, FileOptions.Asynchronous));
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            return Task.FromResult<Stream?>(null);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new StoreException($"Cannot read '{key}' under '{_root}': {e.Message}", e);
        }
    }

    public Task DeleteAsync(string key, CancellationToken cancellationToken)
    {
        var path = PathOf(key);
        try
        {
            if (File.Exists(path))
                File.Delete(path);
            return Task.CompletedTask;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new StoreException($"Cannot delete '{key}' under '{_root}': {e.Message}", e);
        }
    }

    public async IAsyncEnumerable<(string Key, DateTimeOffset WrittenAt)> ListAsync(
        string prefix, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await Task.CompletedTask.ConfigureAwait(false);
        var folder = Path.Combine(_root, prefix[..(prefix.LastIndexOf('/') + 1)]);
        if (!Directory.Exists(folder))
            yield break;
        foreach (var path in Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories))
        {
            cancellationToken.ThrowIfCancellationRequested();
            var key = Path.GetRelativePath(_root, path).Replace(Path.DirectorySeparatorChar, '/');
            if (key.StartsWith(prefix, StringComparison.Ordinal) && !key.StartsWith(Aside, StringComparison.Ordinal))
                yield return (key, File.GetLastWriteTimeUtc(path));
        }
    }

    public async Task<string> PrepareAsync(CancellationToken cancellationToken)
    {
        await CheckAsync(cancellationToken).ConfigureAwait(false);
        return $"Folder '{_root}' can be written to.";
    }

    public async Task CheckAsync(CancellationToken cancellationToken)
    {
        var probe = Path.Combine(_aside, Guid.NewGuid().ToString("N"));
        try
        {
            Directory.CreateDirectory(_aside);
            await WriteAsync(probe, new byte[_probeBytes], cancellationToken).ConfigureAwait(false);
            _probeBytes = 1;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new StoreException($"Store:Folder '{_root}' cannot be written to: {e.Message.Replace($" : '{probe}'", "", StringComparison.Ordinal)}. Name another folder, or free space and permissions.", e);
        }
        finally
        {
            Discard(probe);
        }
    }

    private string PathOf(string key) => Path.Combine(_root, ObjectKey.Check(key).Replace('/', Path.DirectorySeparatorChar));

    /// <summary>What a power cut could take away again is not stored.</summary>
    private void FlushOrDiscard(string target)
    {
        try
        {
            FlushFolders(Path.GetDirectoryName(target)!);
        }
        catch (IOException)
        {
            Discard(target);
            throw;
        }
    }

    /// <summary>Flushes the object's folder and the one that holds it, and those above unless that was done.</summary>
    private void FlushFolders(string folder)
    {
        FolderSync.Flush(folder);
        if (folder.Length <= _root.Length)
            return;
        folder = Path.GetDirectoryName(folder)!;
        FolderSync.Flush(folder);
        for (; folder.Length > _root.Length && !_flushed.ContainsKey(folder); folder = Path.GetDirectoryName(folder)!)
        {
            FolderSync.Flush(Path.GetDirectoryName(folder)!);
            _flushed.TryAdd(folder, true);
        }
    }

    /// <summary>Once in a process.</summary>
    private void DiscardLeftovers()
    {
        if (Interlocked.Exchange(ref _isAsideClean, 1) == 1)
            return;
        foreach (var path in Directory.EnumerateFiles(_aside).Where(path => File.GetLastWriteTimeUtc(path) < _madeAt))
            Discard(path);
    }

    private static async Task WriteAsync(string path, ReadOnlyMemory<byte> content, CancellationToken cancellationToken)
    {
        var file = new FileStream(path, FileMode.CreateNew, FileAccess.Write, FileShare.None, 1, FileOptions.Asynchronous);
        await using var _ = file.ConfigureAwait(false);
        await file.WriteAsync(content, cancellationToken).ConfigureAwait(false);
        file.Flush(flushToDisk: true);
    }

    private static async Task<StoredObject> VerifyAsync(string key, string path, ReadOnlyMemory<byte> content, CancellationToken cancellationToken)
    {
        var expected = Digest.Of(content.Span);
        var file = File.OpenRead(path);
        await using var _ = file.ConfigureAwait(false);
        var (size, sha256) = await Digest.OfAsync(file, cancellationToken).ConfigureAwait(false);
        if (size != content.Length || sha256 != expected)
            throw new IOException($"{size} bytes with SHA-256 {sha256} came back of {content.Length} bytes with {expected}");
        return new(key, size, sha256);
    }

    private static void Discard(string temporary)
    {
        try
        {
            File.Delete(temporary);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // Invisible to everyone: nothing under a key was touched.
        }
    }
}
