using System.Buffers.Binary;
using System.Text;

namespace RenderFarm.Diffusion.Tests.Weights;

/// <summary>Puts safetensors files together byte by byte, so that they can be wrong in any way.</summary>
internal static class SafetensorsBytes
{
    /// <summary>Length, header, then <paramref name="dataLength"/> zero bytes.</summary>
    public static byte[] Of(string header, int dataLength = 0) => Of(Encoding.UTF8.GetBytes(header), dataLength);

    public static byte[] Of(byte[] header, int dataLength = 0, ulong? claimedLength = null)
    {
        var bytes = new byte[8 + header.Length + dataLength];
        BinaryPrimitives.WriteUInt64LittleEndian(bytes, claimedLength ?? (ulong)header.Length);
        header.CopyTo(bytes, 8);
        return bytes;
    }
}
