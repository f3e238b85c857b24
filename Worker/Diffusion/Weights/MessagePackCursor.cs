using System.Buffers.Binary;
using MessagePack;

namespace RenderFarm.Diffusion.Weights;

/// <summary>
/// Goes through a MessagePack file token by token and never over its large payloads: only a small window is in memory, and no length is believed
/// before it is compared with the file's. Format: github.com/msgpack/msgpack/blob/master/spec.md.
/// </summary>
/// <param name="read">Reads bytes of the file from an offset until the buffer is full.</param>
/// <param name="length">Bytes in the whole file.</param>
/// <param name="path">For messages.</param>
internal sealed class MessagePackCursor(Action<long, Memory<byte>> read, long length, string path)
{
    /// <summary>The window; a single token (a key, a number, a header) must fit into half of it.</summary>
    private const int WindowBytes = 8192;

    private readonly byte[] _window = new byte[WindowBytes];
    private long _windowStart;
    private int _windowLength;

    private delegate T Take<out T>(ref MessagePackReader reader);

    /// <summary>Where the next token begins.</summary>
    public long Position { get; private set; }

    /// <summary>Bytes behind <see cref="Position"/>.</summary>
    public long Remaining => length - Position;

    /// <summary>The kind of the next token.</summary>
    public MessagePackType Next => Read("a value", (ref MessagePackReader reader) => reader.NextMessagePackType, advance: false);

    /// <summary>How many pairs the map that begins here has.</summary>
    public int MapHeader()
    {
        var count = Read("a map", (ref MessagePackReader reader) => reader.TryReadMapHeader(out var pairs) ? pairs : throw new EndOfStreamException());
        return count >= 0 && count <= Remaining / 2 ? count : throw Bad($"a map before byte {Position} claims {(uint)count} entries, more than the {Remaining} bytes behind it can hold");
    }

    /// <summary>How many elements the array that begins here has.</summary>
    public int ArrayHeader()
    {
        var count = Read("an array", (ref MessagePackReader reader) => reader.TryReadArrayHeader(out var elements) ? elements : throw new EndOfStreamException());
        return count >= 0 && count <= Remaining ? count : throw Bad($"an array before byte {Position} claims {(uint)count} elements, more than the {Remaining} bytes behind it");
    }

    public string Text() => Read("a short text", (ref MessagePackReader reader) => reader.ReadString()) ?? throw Bad($"at byte {Position} it has nil where a text is expected");

    public long Whole() => Read("a whole number", (ref MessagePackReader reader) => reader.ReadInt64());

    public bool Truth() => Read("true or false", (ref MessagePackReader reader) => reader.ReadBoolean());

    /// <summary>Type and length of the extension that begins here; its payload comes next and lies within the file.</summary>
    public (sbyte Type, long Length) ExtensionHeader()
    {
        var header = Read("an extension", (ref MessagePackReader reader) => reader.TryReadExtensionFormatHeader(out var found) ? found : throw new EndOfStreamException());
        return (header.TypeCode, CheckedLength(header.Length));
    }

    /// <summary>Length of the bytes whose header begins here; they come next and lie within the file.</summary>
    public long BinaryHeader()
    {
        var window = Window().Span;
        var size = window.IsEmpty ? 0 : window[0] switch { MessagePackCode.Bin8 => sizeof(byte), MessagePackCode.Bin16 => sizeof(ushort), MessagePackCode.Bin32 => sizeof(uint), _ => 0 };
        if (size == 0 || window.Length <= size) throw Bad($"at byte {Position} bytes are expected");
        var count = size switch
        {
            sizeof(byte) => window[1],
            sizeof(ushort) => BinaryPrimitives.ReadUInt16BigEndian(window[1..]),
            _ => BinaryPrimitives.ReadUInt32BigEndian(window[1..]),
        };
        Position += 1 + size;
        return CheckedLength(count);
    }

    /// <param name="count">At most <see cref="Remaining"/>.</param>
    public void Skip(long count) => Position += count;

    public WeightsException Bad(string what) => new($"'{path}' cannot be read: {what}.");

    private long CheckedLength(long count) => count <= Remaining
        ? count
        : throw Bad($"what begins at byte {Position} claims {count} bytes, but the file has only {length}: it is cut short or damaged; fetch it again");

    private T Read<T>(string expected, Take<T> take, bool advance = true)
    {
        var reader = new MessagePackReader(Window());
        try
        {
            var value = take(ref reader);
            if (advance) Position += reader.Consumed;
            return value;
        }
        catch (Exception error) when (error is EndOfStreamException or MessagePackSerializationException or OverflowException or ArgumentOutOfRangeException)
        {
            throw new WeightsException(Remaining < WindowBytes / 2 && error is EndOfStreamException
                ? $"'{path}' ends within {expected} that begins at byte {Position}: it is cut short; fetch it again."
                : $"'{path}' cannot be read: at byte {Position} {expected} is expected.", error);
        }
    }

    /// <summary>What lies from <see cref="Position"/> on: half a window at least, or all of the file's rest.</summary>
    private ReadOnlyMemory<byte> Window()
    {
        var end = _windowStart + _windowLength;
        if (Position < _windowStart || (end - Position < WindowBytes / 2 && end < length) || Position > end)
        {
            (_windowStart, _windowLength) = (Position, (int)Math.Min(WindowBytes, Remaining));
            read(_windowStart, _window.AsMemory(0, _windowLength));
        }
        return _window.AsMemory((int)(Position - _windowStart), _windowLength - (int)(Position - _windowStart));
    }
}
