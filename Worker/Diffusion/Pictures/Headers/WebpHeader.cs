using System.Buffers.Binary;

namespace RenderFarm.Diffusion.Pictures.Headers;

/// <summary>WebP's header (RFC 9649, 2 and 3; RFC 6386, 9.1 for the lossy frame).</summary>
internal static class WebpHeader
{
    private const int Riff = 12, ChunkHead = 8, Smallest = Riff + ChunkHead + 10;
    private const int AnimationFlag = 0x02, AlphaFlag = 0x10;

    /// <summary>Why the file cannot be taken; null where it can.</summary>
    public static string? Read(ReadOnlySpan<byte> file, out PictureHeader header)
    {
        header = default;
        if (file.Length < Smallest || BinaryPrimitives.ReadUInt32LittleEndian(file[4..]) > file.Length - ChunkHead) return PictureHeader.CutShort;
        var name = file.Slice(Riff, 4);
        const int data = Riff + ChunkHead;
        if (name.SequenceEqual("VP8X"u8)) return Extended(file[data..], out header);
        if (name.SequenceEqual("VP8L"u8)) return Lossless(file[data..], out header);
        return name.SequenceEqual("VP8 "u8) ? Lossy(file[data..], out header) : PictureHeader.Damaged;
    }

    private static string? Extended(ReadOnlySpan<byte> data, out PictureHeader header) =>
        PictureHeader.Sized(1 + Of24Bits(data[4..]), 1 + Of24Bits(data[7..]), out header)
        ?? ((data[0] & AnimationFlag) != 0 ? PictureHeader.Animated : (data[0] & AlphaFlag) != 0 ? PictureHeader.Transparent : null);

    private static string? Lossless(ReadOnlySpan<byte> data, out PictureHeader header)
    {
        const int sideBits = 14, side = (1 << sideBits) - 1;
        header = default;
        if (data[0] != 0x2F) return PictureHeader.Damaged;
        var packed = BinaryPrimitives.ReadUInt32LittleEndian(data[1..]);
        return PictureHeader.Sized(1 + (packed & side), 1 + ((packed >> sideBits) & side), out header) ?? (((packed >> (2 * sideBits)) & 1) != 0 ? PictureHeader.Transparent : null);
    }

    private static string? Lossy(ReadOnlySpan<byte> data, out PictureHeader header)
    {
        const int side = (1 << 14) - 1;
        header = default;
        return data[3..].StartsWith((ReadOnlySpan<byte>)[0x9D, 0x01, 0x2A])
            ? PictureHeader.Sized(BinaryPrimitives.ReadUInt16LittleEndian(data[6..]) & side, BinaryPrimitives.ReadUInt16LittleEndian(data[8..]) & side, out header)
            : PictureHeader.Damaged;
    }

    private static long Of24Bits(ReadOnlySpan<byte> bytes) => bytes[0] | (bytes[1] << 8) | (bytes[2] << 16);
}
