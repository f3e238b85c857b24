using Microsoft.Win32.SafeHandles;
using TorchSharp;
using static TorchSharp.torch;

namespace RenderFarm.Diffusion.Weights;

/// <summary>A checkpoint of flax (<c>flax_model.msgpack</c>), open for reading one array, or a part of one, at a time.</summary>
internal sealed class FlaxFile : IDisposable
{
    /// <summary>Bytes per read: a Span cannot exceed 2 GiB, an array can.</summary>
    private const long ChunkBytes = 256L << 20;

    private readonly SafeFileHandle _handle;
    private readonly RunningHash _hash = new();

    private FlaxFile(string path, SafeFileHandle handle, IReadOnlyDictionary<string, FlaxLeaf> leaves) => (Path, _handle, Leaves) = (path, handle, leaves);

    public string Path { get; }

    /// <summary>All arrays, by name.</summary>
    public IReadOnlyDictionary<string, FlaxLeaf> Leaves { get; }

    /// <summary>Opens the file and checks all of it but the numbers.</summary>
    /// <exception cref="WeightsException">The file is missing, no flax checkpoint, or a damaged one.</exception>
    public static FlaxFile Open(string path)
    {
        if (!File.Exists(path)) throw new WeightsException($"'{path}' is missing; expected is a checkpoint as flax saves it.");
        var handle = File.OpenHandle(path, FileMode.Open, FileAccess.Read, FileShare.Read);
        try
        {
            var length = RandomAccess.GetLength(handle);
            Span<byte> start = stackalloc byte[(int)Math.Min(length, 4)];
            ExactRead.Fill(handle, start, 0, path);
            if (PickleRefusal.LooksLikePickle(start)) throw PickleRefusal.ForFile(path);
            var cursor = new MessagePackCursor((offset, buffer) => ExactRead.Fill(handle, buffer.Span, offset, path), length, path);
            return new FlaxFile(path, handle, FlaxScan.Leaves(cursor));
        }
        catch
        {
            handle.Dispose();
            throw;
        }
    }

    /// <summary>Numbers of an array in the file's own dtype, on the CPU; the caller owns the tensor.</summary>
    /// <param name="leaf">One of <see cref="Leaves"/>.</param>
    /// <param name="first">From which number on, in C order.</param>
    /// <param name="count">How many.</param>
    /// <returns>[count]</returns>
    public Tensor Read(FlaxLeaf leaf, long first, long count)
    {
        using var gradients = torch.no_grad();
        var flat = torch.empty([count], leaf.Dtype, torch.CPU);
        var elementSize = SafetensorsDtype.SizeOf(leaf.Dtype);
        var (skipped, written) = (0L, 0L);
        foreach (var piece in leaf.Pieces)
        {
            var held = piece.Length / elementSize;
            var from = Math.Max(first - skipped, 0);
            var part = Math.Min(held - from, count - written);
            if (part > 0)
            {
                using var target = flat.narrow(0, written, part);
                Fill(target, piece.Offset + from * elementSize, elementSize);
                written += part;
            }
            skipped += held;
        }
        return flat;
    }

    /// <summary>As <see cref="SafetensorsFile.Sha256"/>.</summary>
    public string Sha256() => _hash.Finish(ReadUpTo);

    public void Dispose()
    {
        _handle.Dispose();
        _hash.Dispose();
    }

    private void Fill(Tensor flat, long offset, int elementSize)
    {
        _hash.CatchUp(offset, ReadUpTo);
        var (count, perRead) = (flat.shape[0], ChunkBytes / elementSize);
        for (long at = 0; at < count; at += perRead)
        {
            using var part = flat.narrow(0, at, Math.Min(perRead, count - at));
            ExactRead.Fill(_handle, part.bytes, offset + at * elementSize, Path);
            _hash.Saw(offset + at * elementSize, part.bytes);
        }
    }

    private int ReadUpTo(long offset, Span<byte> buffer)
    {
        buffer = buffer[..(int)Math.Min(buffer.Length, RandomAccess.GetLength(_handle) - offset)];
        ExactRead.Fill(_handle, buffer, offset, Path);
        return buffer.Length;
    }
}
