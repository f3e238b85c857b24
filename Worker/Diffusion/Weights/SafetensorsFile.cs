using Microsoft.Win32.SafeHandles;
using TorchSharp;
using static TorchSharp.torch;

namespace RenderFarm.Diffusion.Weights;

/// <summary>A safetensors file, open for reading one tensor at a time. Several threads may read at once.</summary>
internal sealed class SafetensorsFile : IDisposable
{
    /// <summary>Bytes per read: a Span cannot exceed 2 GiB, a tensor can.</summary>
    private const long ChunkBytes = 256L << 20;

    private readonly SafeFileHandle _handle;
    private readonly Dictionary<string, SafetensorsEntry> _entries;

    private readonly RunningHash _hash = new();

    private SafetensorsFile(string path, SafeFileHandle handle, SafetensorsHeader header)
    {
        (Path, _handle, Metadata) = (path, handle, header.Metadata);
        _entries = header.Entries.ToDictionary(entry => entry.Name, StringComparer.Ordinal);
        Entries = header.Entries;
    }

    public string Path { get; }

    /// <summary>In the order in which they lie in the file.</summary>
    public IReadOnlyList<SafetensorsEntry> Entries { get; }

    /// <summary>The strings in <c>__metadata__</c>.</summary>
    public IReadOnlyDictionary<string, string> Metadata { get; }

    /// <summary>Opens the file and checks its whole header.</summary>
    /// <exception cref="WeightsException">The file is no safetensors file, or a damaged one.</exception>
    public static SafetensorsFile Open(string path)
    {
        var handle = File.OpenHandle(path, FileMode.Open, FileAccess.Read, FileShare.Read);
        try
        {
            var length = RandomAccess.GetLength(handle);
            Span<byte> start = stackalloc byte[SafetensorsHeader.LengthBytes + 2];
            start = start[..(int)Math.Min(length, start.Length)];
            ExactRead.Fill(handle, start, 0, path);
            var json = new byte[SafetensorsHeader.LengthOf(start, length, path)];
            ExactRead.Fill(handle, json, SafetensorsHeader.LengthBytes, path);
            var file = new SafetensorsFile(path, handle, SafetensorsHeader.Parse(json, length, path));
            file._hash.Saw(0, start[..SafetensorsHeader.LengthBytes]);
            file._hash.Saw(SafetensorsHeader.LengthBytes, json);
            return file;
        }
        catch
        {
            handle.Dispose();
            throw;
        }
    }

    public bool Contains(string name) => _entries.ContainsKey(name);

    /// <exception cref="WeightsException">The file has no such tensor.</exception>
    public SafetensorsEntry Entry(string name) =>
        _entries.TryGetValue(name, out var entry) ? entry : throw new WeightsException($"'{Path}' holds no tensor '{name}'.");

    /// <summary>The tensor on the CPU in the file's own dtype; the caller owns it.</summary>
    public Tensor Read(string name)
    {
        var entry = Entry(name);
        var tensor = torch.empty(entry.Shape, entry.Dtype, torch.CPU);
        Fill(entry, tensor);
        return tensor;
    }

    /// <summary>
    /// Writes the tensor's values into <paramref name="destination"/>, converted to its dtype: straight into its memory if that is of the
    /// file's dtype, on the CPU and contiguous, else through a temporary of this one tensor.
    /// </summary>
    /// <exception cref="WeightsException">The shapes differ; nothing was written.</exception>
    public void ReadInto(string name, Tensor destination)
    {
        var entry = Entry(name);
        if (!entry.Shape.AsSpan().SequenceEqual(destination.shape))
            throw new WeightsException($"'{name}' in '{Path}' is [{string.Join(", ", entry.Shape)}]; the destination is [{string.Join(", ", destination.shape)}].");
        using var gradients = torch.no_grad();
        using var scope = NewDisposeScope();
        if (destination.device_type == DeviceType.CPU && destination.dtype == entry.Dtype && destination.is_contiguous()) Fill(entry, destination);
        else destination.copy_(Read(name));
    }

    /// <summary>
    /// SHA-256 of the whole file, in lower-case hexadecimal. Only what was not read in the file's order is read for it, so that after loading
    /// it is the hash of the very bytes that were loaded.
    /// </summary>
    public string Sha256() => _hash.Finish((offset, buffer) =>
    {
        buffer = buffer[..(int)Math.Min(buffer.Length, RandomAccess.GetLength(_handle) - offset)];
        ExactRead.Fill(_handle, buffer, offset, Path);
        return buffer.Length;
    });

    public void Dispose()
    {
        _handle.Dispose();
        _hash.Dispose();
    }

    private void Fill(SafetensorsEntry entry, Tensor tensor)
    {
        using var gradients = torch.no_grad();
        using var flat = tensor.view(-1);
        var elementSize = SafetensorsDtype.SizeOf(entry.Dtype);
        var (count, perChunk) = (entry.Length / elementSize, ChunkBytes / elementSize);
        for (long at = 0; at < count; at += perChunk)
        {
            using var part = flat.narrow(0, at, Math.Min(perChunk, count - at));
            var offset = entry.Offset + at * elementSize;
            ExactRead.Fill(_handle, part.bytes, offset, Path);
            _hash.Saw(offset, part.bytes);
        }
    }
}
