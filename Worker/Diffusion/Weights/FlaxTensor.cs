namespace RenderFarm.Diffusion.Weights;

/// <summary>A weight of a network as a flax checkpoint stores it: an array, or one layer's part of it.</summary>
/// <param name="Leaf">The array.</param>
/// <param name="First">From which of its numbers on.</param>
/// <param name="Stored">The dimensions as they are stored.</param>
/// <param name="Order">In which order the network has these dimensions.</param>
internal sealed record FlaxTensor(FlaxLeaf Leaf, long First, long[] Stored, long[] Order)
{
    /// <summary>The network's dimensions.</summary>
    public long[] Shape => [.. Order.Select(dimension => Stored[dimension])];

    /// <summary>How many numbers it has.</summary>
    public long Count => Stored.Aggregate(1L, (product, size) => product * size);

    /// <summary>A whole array.</summary>
    public static FlaxTensor Of(FlaxLeaf leaf) => new(leaf, 0, leaf.Shape, OrderOf(leaf, leaf.Shape.Length));

    /// <summary>One layer of an array that has the layer as first dimension.</summary>
    public static FlaxTensor Of(FlaxLeaf leaf, int layer)
    {
        var whole = new FlaxTensor(leaf, 0, leaf.Shape[1..], OrderOf(leaf, leaf.Shape.Length - 1));
        return whole with { First = layer * whole.Count };
    }

    /// <summary>Kernels of dense layers are [in, out], of convolutions [height, width, in, out].</summary>
    private static long[] OrderOf(FlaxLeaf leaf, int dimensions) => (leaf.Name[(leaf.Name.LastIndexOf('/') + 1)..] == "kernel", dimensions) switch
    {
        (true, 2) => [1, 0],
        (true, 4) => [3, 2, 0, 1],
        _ => [.. Enumerable.Range(0, dimensions).Select(dimension => (long)dimension)],
    };
}
