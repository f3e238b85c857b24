using System.Buffers.Binary;
using System.IO.Hashing;

namespace RenderFarm.Diffusion.Pictures.Headers;

/// <summary>Goes from chunk to chunk of a PNG, behind its signature, as long as they are whole.</summary>
internal ref struct PngChunks(ReadOnlySpan<byte> rest)
{
    private const int Head = 8, NameAt = 4, Tail = 4;
    private ReadOnlySpan<byte> _rest = rest;

    /// <summary>The chunk's four letters.</summary>
    public ReadOnlySpan<byte> Name { get; private set; }

    public ReadOnlySpan<byte> Data { get; private set; }

    /// <summary>Whether its checksum is another than its bytes have, and no reader can do without it (a capital first letter; PNG specification, third edition, 5.3 to 5.5).</summary>
    public bool IsDamaged { get; private set; }

    public readonly PngChunks Current => this;

    public readonly PngChunks GetEnumerator() => this;

    public bool MoveNext()
    {
        if (_rest.Length < Head + Tail) return false;
        var length = BinaryPrimitives.ReadUInt32BigEndian(_rest);
        if (length > _rest.Length - Head - Tail) return false;
        Name = _rest[NameAt..Head];
        Data = _rest.Slice(Head, (int)length);
        IsDamaged = char.IsAsciiLetterUpper((char)Name[0]) && Crc32.HashToUInt32(_rest[NameAt..(Head + (int)length)]) != BinaryPrimitives.ReadUInt32BigEndian(_rest[(Head + (int)length)..]);
        _rest = _rest[(Head + (int)length + Tail)..];
        return true;
    }
}
