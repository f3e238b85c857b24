using System.Buffers.Binary;

namespace RenderFarm.Diffusion.Pictures.Headers;

/// <summary>JPEG's header (ITU T.81, B.1 and B.2), and which side is up of a camera's (Exif 2.32, 4.6.4, tag Orientation).</summary>
internal static class JpegHeader
{
    private const int FrameHead = 10;

    /// <summary>Why the file cannot be taken; null where it can.</summary>
    public static string? Read(ReadOnlySpan<byte> file, out PictureHeader header)
    {
        header = default;
        var (isFramed, isTurned) = (false, false);
        for (var rest = file[2..]; rest.Length >= 4 && rest[0] == 0xFF;)
        {
            if (rest[1] == 0xFF)
            {
                rest = rest[1..];
                continue;
            }
            var (marker, length) = (rest[1], 2 + BinaryPrimitives.ReadUInt16BigEndian(rest[2..]));
            if (length < 4) return PictureHeader.Damaged; // a segment's length counts its own two bytes
            if (length > rest.Length) return PictureHeader.CutShort;
            if (IsFrame(marker))
            {
                if (length < FrameHead) return PictureHeader.Damaged;
                if (Frame(rest, out header) is { } fault) return fault;
                isFramed = true;
            }
            else if (marker == 0xE1)
            {
                isTurned |= IsTurned(rest[4..length]);
            }
            else if (marker == 0xDA)
            {
                if (!isFramed) return PictureHeader.Damaged;
                if (isTurned) header = new(header.Height, header.Width);
                // Within scans a byte FF is followed by 0 or by a marker: what looks like the end is the end.
                return rest.IndexOf((ReadOnlySpan<byte>)[0xFF, 0xD9]) < 0 ? PictureHeader.CutShort : null;
            }
            rest = rest[length..];
        }
        return PictureHeader.CutShort;
    }

    /// <summary>SOF0 to SOF15 without DHT (C4), JPG (C8) and DAC (CC).</summary>
    private static bool IsFrame(byte marker) => marker is >= 0xC0 and <= 0xCF and not (0xC4 or 0xC8 or 0xCC);

    private static string? Frame(ReadOnlySpan<byte> segment, out PictureHeader header)
    {
        if (PictureHeader.Sized(BinaryPrimitives.ReadUInt16BigEndian(segment[7..]), BinaryPrimitives.ReadUInt16BigEndian(segment[5..]), out header) is { } size) return size;
        var (bits, components) = (segment[4], segment[9]);
        return components is not (1 or 3) ? $"has {components} colour components (CMYK); expected is RGB or grey. Save it as RGB"
            : bits != 8 ? $"has {bits} bits a sample; expected are 8. Save it with 8" : null;
    }

    /// <summary>Whether the camera was held so that width and height change places.</summary>
    private static bool IsTurned(ReadOnlySpan<byte> segment)
    {
        const ushort orientation = 0x0112;
        if (!segment.StartsWith("Exif\0\0"u8) || segment.Length < 14) return false;
        var tiff = segment[6..];
        var isLittle = tiff[0] == (byte)'I';
        var entries = Number(tiff[4..], 4, isLittle);
        if (entries > tiff.Length - 2) return false;
        var count = Number(tiff[(int)entries..], 2, isLittle);
        for (var entry = tiff[((int)entries + 2)..]; count > 0 && entry.Length >= 12; entry = entry[12..], count--)
            if (Number(entry, 2, isLittle) == orientation) return Number(entry[8..], 2, isLittle) is >= 5 and <= 8;
        return false;
    }

    private static uint Number(ReadOnlySpan<byte> bytes, int length, bool isLittle) => (length, isLittle) switch
    {
        (2, true) => BinaryPrimitives.ReadUInt16LittleEndian(bytes),
        (2, false) => BinaryPrimitives.ReadUInt16BigEndian(bytes),
        (_, true) => BinaryPrimitives.ReadUInt32LittleEndian(bytes),
        _ => BinaryPrimitives.ReadUInt32BigEndian(bytes),
    };
}
