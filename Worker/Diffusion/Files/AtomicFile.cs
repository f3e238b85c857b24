namespace RenderFarm.Diffusion.Files;

/// <summary>
/// A file that is there whole or not at all: it is written beside its place under a temporary name, and takes its own name, and the place of
/// an older file of that name, when it is complete and on disk. If it never is, the older file stays as it was and nothing else remains.
/// </summary>
public sealed class AtomicFile : IDisposable
{
    private readonly string _path;
    private readonly string _temporary;
    private readonly FileStream _stream;
    private bool _complete;

    /// <param name="path">Where the file is to be; its folder must exist.</param>
    public AtomicFile(string path)
    {
        _path = Path.GetFullPath(path);
        _temporary = Path.Combine(Path.GetDirectoryName(_path)!, $".{Guid.NewGuid():N}.tmp");
        _stream = new FileStream(_temporary, FileMode.CreateNew, FileAccess.Write, FileShare.None);
    }

    /// <summary>Takes the file's content.</summary>
    public Stream Content => _stream;

    /// <summary>Writes a file in one go.</summary>
    /// <param name="path">Where the file is to be; its folder must exist.</param>
    /// <param name="write">Writes the content; what it throws leaves things as they were.</param>
    public static void Write(string path, Action<Stream> write)
    {
        ArgumentNullException.ThrowIfNull(write);
        using var file = new AtomicFile(path);
        write(file.Content);
        file.Complete();
    }

    /// <summary>Says that all content is written: the file takes its name.</summary>
    public void Complete()
    {
        _stream.Flush(flushToDisk: true);
        _stream.Dispose();
        File.Move(_temporary, _path, overwrite: true);
        _complete = true;
    }

    /// <summary>Removes what is not complete.</summary>
    public void Dispose()
    {
        try
        {
            _stream.Dispose(); // writes what is still in its buffer, for which a full disk has no room
        }
        catch (IOException) when (!_complete)
        {
            // Whoever wrote was told already.
        }
        finally
        {
            if (!_complete) File.Delete(_temporary);
        }
    }
}
