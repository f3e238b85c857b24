using System.Buffers.Binary;
using System.IO.Hashing;
using System.Text;

namespace RenderFarm.Diffusion.Pictures;

/// <summary>
/// The international text chunks (iTXt) of a PNG, which Skia neither writes nor reads (PNG specification, third edition, 11.3.3.4). Texts
/// are stored uncompressed in UTF-8; when reading, plain Latin-1 chunks (tEXt) are understood as well.
/// </summary>
internal static class PngText
{
    private const int LongestKeyword = 79;

    /// <summary>Length and type before a chunk's data, and the checksum behind it.</summary>
    private const int LengthBytes = 4, TypeBytes = 4, ChecksumBytes = 4;

    private static ReadOnlySpan<byte> Signature => [0x89, (byte)'P', (byte)'N', (byte)'G', 0x0D, 0x0A, 0x1A, 0x0A];

    /// <summary>Writes an encoded PNG with texts added behind its header.</summary>
    public static void WriteWith(Stream stream, ReadOnlySpan<byte> png, IEnumerable<KeyValuePair<string, string>> text)
    {
        var headerEnd = Signature.Length + LengthBytes + TypeBytes + BinaryPrimitives.ReadInt32BigEndian(png[Signature.Length..]) + ChecksumBytes;
        stream.Write(png[..headerEnd]);
        foreach (var (keyword, value) in text) stream.Write(Chunk(keyword, value));
        stream.Write(png[headerEnd..]);
    }

    /// <summary>The texts of a PNG by keyword; of two with the same keyword the last.</summary>
    /// <exception cref="InvalidDataException">No PNG, or one whose chunks do not fit together.</exception>
    public static Dictionary<string, string> Read(ReadOnlySpan<byte> png)
    {
        if (!png.StartsWith(Signature)) throw new InvalidDataException("The data does not begin as a PNG does.");
        var texts = new Dictionary<string, string>(StringComparer.Ordinal);
        var rest = png[Signature.Length..];
        while (!rest.IsEmpty)
        {
            var length = rest.Length < LengthBytes + TypeBytes + ChecksumBytes ? -1 : BinaryPrimitives.ReadInt32BigEndian(rest);
            if (length < 0 || length > rest.Length - LengthBytes - TypeBytes - ChecksumBytes)
            {
                throw new InvalidDataException("The PNG is cut short or damaged.");
            }
            var type = rest.Slice(LengthBytes, TypeBytes);
            var data = rest.Slice(LengthBytes + TypeBytes, length);
            if (type.SequenceEqual("iTXt"u8)) ReadInternational(data, texts);
            if (type.SequenceEqual("tEXt"u8)) ReadPlain(data, texts);
            rest = rest[(LengthBytes + TypeBytes + length + ChecksumBytes)..];
        }
        return texts;
    }

    private static byte[] Chunk(string keyword, string text)
    {
        if (keyword.Length is 0 or > LongestKeyword || keyword.Any(character => character is < ' ' or (> '~' and < '\u00a1') or > '\u00ff'))
        {
            throw new ArgumentException(
                $"'{keyword}' is no PNG keyword; expected 1 to {LongestKeyword} printable Latin-1 characters.", nameof(keyword));
        }
        // Keyword, zero, not compressed, method 0, no language, no translated keyword, text. A zero in the text is not allowed.
        byte[] data = [.. Encoding.Latin1.GetBytes(keyword), 0, 0, 0, 0, 0, .. Encoding.UTF8.GetBytes(text.Replace('\0', '\ufffd'))];
        var chunk = new byte[LengthBytes + TypeBytes + data.Length + ChecksumBytes];
        BinaryPrimitives.WriteInt32BigEndian(chunk, data.Length);
        "iTXt"u8.CopyTo(chunk.AsSpan(LengthBytes));
        data.CopyTo(chunk, LengthBytes + TypeBytes);
        BinaryPrimitives.WriteUInt32BigEndian(chunk.AsSpan(^ChecksumBytes..), Crc32.HashToUInt32(chunk.AsSpan(LengthBytes..^ChecksumBytes)));
        return chunk;
    }

    private static void ReadInternational(ReadOnlySpan<byte> data, Dictionary<string, string> texts)
    {
        var keyword = Take(ref data);
        if (data.Length < 2) return;
        var compressed = data[0] != 0;
        data = data[2..];
        Take(ref data);
        Take(ref data);
        if (!compressed) texts[Encoding.Latin1.GetString(keyword)] = Encoding.UTF8.GetString(data);
    }

    private static void ReadPlain(ReadOnlySpan<byte> data, Dictionary<string, string> texts)
    {
        var keyword = Take(ref data);
        texts[Encoding.Latin1.GetString(keyword)] = Encoding.Latin1.GetString(data);
    }

    /// <summary>What comes before the next zero; <paramref name="data"/> goes on behind it.</summary>
    private static ReadOnlySpan<byte> Take(ref ReadOnlySpan<byte> data)
    {
        var end = data.IndexOf((byte)0);
        var taken = end < 0 ? data : data[..end];
        data = end < 0 ? [] : data[(end + 1)..];
        return taken;
    }
}
