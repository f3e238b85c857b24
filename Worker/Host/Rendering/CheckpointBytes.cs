using System.Buffers.Binary;
using System.Runtime.InteropServices;
using RenderFarm.Diffusion.Cascades.Stages;

namespace RenderFarm.Worker.Rendering;

/// <summary>
/// A cascade's checkpoint as bytes: stage, width, height and the generator's length as 32-bit numbers, little-endian; the generator; the pixels as
/// 32-bit floats.
/// </summary>
internal static class CheckpointBytes
{
    private const int Number = sizeof(int);
    private const int Header = 4 * Number;

    public static byte[] Of(StageCheckpoint checkpoint)
    {
        var bytes = new byte[Header + checkpoint.Generator.Length + checkpoint.Pixels.Length * sizeof(float)];
        int[] header = [checkpoint.Stage, checkpoint.Width, checkpoint.Height, checkpoint.Generator.Length];
        for (var i = 0; i < header.Length; i++)
            BinaryPrimitives.WriteInt32LittleEndian(bytes.AsSpan(i * Number), header[i]);
        checkpoint.Generator.Span.CopyTo(bytes.AsSpan(Header));
        MemoryMarshal.AsBytes(checkpoint.Pixels.Span).CopyTo(bytes.AsSpan(Header + checkpoint.Generator.Length));
        return bytes;
    }

    /// <summary>The checkpoint; null where the bytes are none.</summary>
    public static StageCheckpoint? Read(ReadOnlyMemory<byte> bytes)
    {
        if (bytes.Length < Header)
            return null;
        var header = Enumerable.Range(0, Header / Number).Select(i => BinaryPrimitives.ReadInt32LittleEndian(bytes.Span[(i * Number)..])).ToArray();
        var (width, height, generator) = (header[1], header[2], header[3]);
        if (header.Any(number => number < 0) || bytes.Length != Header + generator + 3L * width * height * sizeof(float))
            return null;
        return new()
        {
            Stage = header[0], Width = width, Height = height, Generator = bytes.Slice(Header, generator),
            Pixels = MemoryMarshal.Cast<byte, float>(bytes.Span[(Header + generator)..]).ToArray(),
        };
    }
}
