using System.Buffers;
using MessagePack;

namespace RenderFarm.Diffusion.Tests.Weights;

/// <summary>Puts flax checkpoints together token by token, so that they can be wrong in any way.</summary>
internal static class FlaxBytes
{
    public delegate void Write(ref MessagePackWriter writer);

    public static byte[] Of(Write write)
    {
        var buffer = new ArrayBufferWriter<byte>();
        var writer = new MessagePackWriter(buffer);
        write(ref writer);
        writer.Flush();
        return buffer.WrittenSpan.ToArray();
    }

    /// <summary>A map of arrays; names with '/' become maps within.</summary>
    public static byte[] Of(params (string Name, long[] Shape, float[] Values)[] arrays) => Of((ref MessagePackWriter writer) => WriteMap(ref writer, arrays));

    /// <summary>A map with one entry of the given bytes.</summary>
    public static byte[] Entry(string key, byte[] value) => Of((ref MessagePackWriter writer) =>
    {
        writer.WriteMapHeader(1);
        writer.Write(key);
        writer.WriteRaw(value);
    });

    /// <summary>An array as flax writes it.</summary>
    public static byte[] Array(string dtype, long[] shape, byte[] bytes, sbyte type = 1) => Extension(Payload(dtype, shape, bytes), type);

    public static byte[] Extension(byte[] payload, sbyte type = 1) =>
        Of((ref MessagePackWriter writer) => writer.WriteExtensionFormat(new ExtensionResult(type, new ReadOnlySequence<byte>(payload))));

    public static byte[] Floats(params float[] values) => System.Runtime.InteropServices.MemoryMarshal.AsBytes<float>(values).ToArray();

    private static byte[] Payload(string dtype, long[] shape, byte[] bytes) => Of((ref MessagePackWriter writer) =>
    {
        writer.WriteArrayHeader(3);
        writer.WriteArrayHeader(shape.Length);
        foreach (var size in shape) writer.Write(size);
        writer.Write(dtype);
        writer.Write(bytes);
    });

    private static void WriteMap(ref MessagePackWriter writer, IEnumerable<(string Name, long[] Shape, float[] Values)> arrays)
    {
        var groups = arrays.GroupBy(array => array.Name.Split('/')[0], StringComparer.Ordinal).ToList();
        writer.WriteMapHeader(groups.Count);
        foreach (var group in groups)
        {
            writer.Write(group.Key);
            if (group.First() is var (name, shape, values) && name == group.Key) writer.WriteRaw(Array("float32", shape, Floats(values)));
            else WriteMap(ref writer, group.Select(array => (array.Name[(group.Key.Length + 1)..], array.Shape, array.Values)));
        }
    }
}
