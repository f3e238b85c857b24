namespace RenderFarm.Diffusion.Weights;

/// <summary>How much memory a shape promises.</summary>
internal static class TensorSize
{
    /// <summary>The tensor's size in bytes, or null if it, or that of its non-empty dimensions, does not fit into 63 bits.</summary>
    public static long? Bytes(long[] shape, int elementSize)
    {
        UInt128 bytes = (uint)elementSize;
        foreach (var size in shape)
        {
            if (size != 0) bytes *= (ulong)size;
            if (bytes > long.MaxValue) return null;
        }
        return shape.Contains(0) ? 0 : (long)bytes;
    }
}
