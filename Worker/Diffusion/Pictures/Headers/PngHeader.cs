using System.Buffers.Binary;

namespace RenderFarm.Diffusion.Pictures.Headers;

/// <summary>PNG's header (PNG specification, third edition, 5.3, 11.2.1, 11.3.1 and 11.3.7).</summary>
internal static class PngHeader
{
    private const int Signature = 8, ChunkHead = 8, ChunkTail = 4, Smallest = Signature + ChunkHead + 13 + ChunkTail;
    private const int Width = 16, Height = 20, Bits = 24;

    /// <summary>Why the file cannot be taken; null where it can.</summary>
    public static string? Read(ReadOnlySpan<byte> file, out PictureHeader header)
    {
        header = default;
        if (file.Length < Smallest) return PictureHeader.CutShort;
        if (PictureHeader.Sized(BinaryPrimitives.ReadUInt32BigEndian(file[Width..]), BinaryPrimitives.ReadUInt32BigEndian(file[Height..]), out header) is { } size) return size;
        if (file[Bits] == 16) return PictureHeader.SixteenBits;
        foreach (var chunk in new PngChunks(file[Signature..]))
        {
            if (chunk.IsDamaged) return PictureHeader.Damaged;
            if (chunk.Name.SequenceEqual("acTL"u8)) return PictureHeader.Animated;
            // Of a palette it has an opacity for each colour; else it names the one colour that is not to be seen.
            if (chunk.Name.SequenceEqual("tRNS"u8) && (file[Bits + 1] != 3 || chunk.Data.ContainsAnyExcept(byte.MaxValue))) return PictureHeader.Transparent;
            if (chunk.Name.SequenceEqual("IEND"u8)) return null;
        }
        return PictureHeader.CutShort;
    }
}
