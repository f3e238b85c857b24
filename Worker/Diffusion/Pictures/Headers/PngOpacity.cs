using System.IO.Compression;

namespace RenderFarm.Diffusion.Pictures.Headers;

/// <summary>Looks for transparent pixels in a PNG with an opacity channel, two rows in memory at a time (PNG specification, third edition, 8 and 9).</summary>
internal static class PngOpacity
{
    private const int Signature = 8, BitsAt = 24, KindAt = 25, InterlaceAt = 28;

    // Where each pass of Adam7 begins, and how far apart its pixels are: left, top, across, down.
    private static readonly (int Left, int Top, int Across, int Down)[] Passes =
        [(0, 0, 8, 8), (4, 0, 8, 8), (0, 4, 4, 8), (2, 0, 4, 4), (0, 2, 2, 4), (1, 0, 2, 2), (0, 1, 1, 2)];

    /// <summary>Why the file cannot be taken; null where it can, or where it has no such channel.</summary>
    /// <param name="file">A PNG whose header can be taken.</param>
    /// <param name="header">Its size.</param>
    public static string? FaultOf(ReadOnlySpan<byte> file, PictureHeader header)
    {
        var channels = file[KindAt] switch { 4 => 2, 6 => 4, _ => 0 };
        if (channels == 0 || file[BitsAt] != 8) return null;
        using var packed = new MemoryStream();
        foreach (var chunk in new PngChunks(file[Signature..]))
            if (chunk.Name.SequenceEqual("IDAT"u8)) packed.Write(chunk.Data);
        packed.Position = 0;
        using var rows = new ZLibStream(packed, CompressionMode.Decompress);
        try
        {
            foreach (var (left, top, across, down) in file[InterlaceAt] == 0 ? [(0, 0, 1, 1)] : Passes)
            {
                var (width, height) = ((header.Width - left + across - 1) / across, (header.Height - top + down - 1) / down);
                if (width > 0 && height > 0 && FaultOf(rows, width, height, channels) is { } fault) return fault;
            }
            return null;
        }
        catch (EndOfStreamException)
        {
            return PictureHeader.CutShort;
        }
        catch (InvalidDataException)
        {
            return PictureHeader.Damaged;
        }
    }

    private static string? FaultOf(ZLibStream rows, int width, int height, int channels)
    {
        var (above, row, filter) = (new byte[width * channels], new byte[width * channels], new byte[1]);
        for (var y = 0; y < height; y++)
        {
            rows.ReadExactly(filter);
            rows.ReadExactly(row);
            if (filter[0] > 4) return PictureHeader.Damaged;
            for (var i = 0; i < row.Length; i++)
            {
                var (left, corner) = i < channels ? ((byte)0, (byte)0) : (row[i - channels], above[i - channels]);
                row[i] += filter[0] switch { 0 => 0, 1 => left, 2 => above[i], 3 => (byte)((left + above[i]) / 2), _ => Nearest(left, above[i], corner) };
            }
            for (var opacity = channels - 1; opacity < row.Length; opacity += channels)
                if (row[opacity] != byte.MaxValue) return PictureHeader.Transparent;
            (above, row) = (row, above);
        }
        return null;
    }

    /// <summary>Paeth's predictor.</summary>
    private static byte Nearest(byte left, byte above, byte corner)
    {
        var guess = left + above - corner;
        var (toLeft, toAbove, toCorner) = (Math.Abs(guess - left), Math.Abs(guess - above), Math.Abs(guess - corner));
        return toLeft <= toAbove && toLeft <= toCorner ? left : toAbove <= toCorner ? above : corner;
    }
}
