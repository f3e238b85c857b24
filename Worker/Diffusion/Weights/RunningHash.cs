using System.Security.Cryptography;

namespace RenderFarm.Diffusion.Weights;

/// <summary>The SHA-256 of a file, computed from the parts that are read of it anyway, as far as they come in order. Several threads may report.</summary>
internal sealed class RunningHash : IDisposable
{
    private const int Rest = 1 << 20;

    private readonly Lock _gate = new();
    private readonly IncrementalHash _hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
    private long _position;

    /// <summary>Reads from an offset into a buffer and says how much; 0 at the end of the file.</summary>
    public delegate int Reader(long offset, Span<byte> buffer);

    /// <summary>Reports bytes that were read. Those that do not follow the last reported ones are left for <see cref="Finish"/>.</summary>
    public void Saw(long offset, ReadOnlySpan<byte> bytes)
    {
        lock (_gate)
        {
            if (offset != _position) return;
            _hash.AppendData(bytes);
            _position += bytes.Length;
        }
    }

    /// <summary>Reports what lies between the last reported byte and an offset, where that is little: the label before a tensor.</summary>
    public void CatchUp(long offset, Reader read)
    {
        lock (_gate)
        {
            if (offset - _position is <= 0 or > Rest) return;
            var gap = new byte[offset - _position];
            _hash.AppendData(gap.AsSpan(0, read(_position, gap)));
            _position += gap.Length;
        }
    }

    /// <summary>The hash of the whole file, in lower-case hexadecimal.</summary>
    /// <param name="read">Fetches what was not reported.</param>
    public string Finish(Reader read)
    {
        lock (_gate)
        {
            var buffer = new byte[Rest];
            for (var count = read(_position, buffer); count > 0; count = read(_position, buffer))
            {
                _hash.AppendData(buffer.AsSpan(0, count));
                _position += count;
            }
            return Convert.ToHexStringLower(_hash.GetCurrentHash());
        }
    }

    public void Dispose() => _hash.Dispose();
}
