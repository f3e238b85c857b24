using System.Buffers.Binary;

namespace RenderFarm.Diffusion.Pictures;

/// <summary>
/// What Skia's codecs do not tell of a file: PNG's bits a sample and its animation (PNG specification, third edition, 11.2.1 and 11.3.7),
/// JPEG's components and bits (ITU T.81, B.2.2).
/// </summary>
internal static class PictureFileHeader
{
    private const int PngSignature = 8, ChunkHead = 8, ChunkTail = 4, PngBits = 24;

    /// <summary>Why the file cannot be taken; null where it can, or is of another kind.</summary>
    public static string? FaultOf(ReadOnlySpan<byte> file) => file switch
    {
        [0x89, (byte)'P', (byte)'N', (byte)'G', ..] => PngFault(file),
        [0xFF, 0xD8, ..] => JpegFault(file[2..]),
        _ => null,
    };

    private static string? PngFault(ReadOnlySpan<byte> file)
    {
        if (file.Length > PngBits && file[PngBits] == 16) return "has 16 bits a sample; expected are 8. Save it with 8";
        for (var rest = file[PngSignature..]; rest.Length >= ChunkHead && !rest[4..].StartsWith("IDAT"u8);)
        {
            if (rest[4..].StartsWith("acTL"u8)) return "is animated; expected is a single picture";
            var length = ChunkHead + ChunkTail + (long)BinaryPrimitives.ReadUInt32BigEndian(rest);
            if (length > rest.Length) break;
            rest = rest[(int)length..];
        }
        return null;
    }

    /// <summary>Goes from segment to segment up to the frame header: SOF0 to SOF15 without DHT (C4), JPG (C8) and DAC (CC).</summary>
    private static string? JpegFault(ReadOnlySpan<byte> rest)
    {
        while (rest.Length >= 10 && rest[0] == 0xFF)
        {
            var (marker, length) = (rest[1], 2 + BinaryPrimitives.ReadUInt16BigEndian(rest[2..]));
            if (marker is >= 0xC0 and <= 0xCF and not (0xC4 or 0xC8 or 0xCC))
            {
                var (bits, components) = (rest[4], rest[9]);
                return components is not (1 or 3) ? $"has {components} colour components (CMYK); expected is RGB or grey. Save it as RGB"
                    : bits != 8 ? $"has {bits} bits a sample; expected are 8. Save it with 8" : null;
            }
            if (length > rest.Length) break;
            rest = rest[length..];
        }
        return null;
    }
}
