using RenderFarm.Diffusion.Layers;
using static TorchSharp.torch;

namespace RenderFarm.Diffusion.Text;

/// <summary>
/// T5's buckets of relative positions (Raffel et al. 2020, section 2.1; transformers' _relative_position_bucket, bidirectional):
/// half of the buckets for keys after the query; of each half, the first half are single distances, the rest grow logarithmically up to a
/// largest distance.
/// </summary>
internal static class RelativePosition
{
    /// <returns>[L, L] int64: the bucket of key j seen from query i, at [i, j]</returns>
    public static Tensor Buckets(long length, long buckets, long maxDistance, Device device)
    {
        using var scope = NewDisposeScope();
        var positions = Arithmetic.Count(length, ScalarType.Int64, device);
        var distance = positions.unsqueeze(0) - positions.unsqueeze(1); // [L, L], key - query
        var direction = distance.IsPositive().to(ScalarType.Int64).Times(buckets / 2);
        var near = buckets / 4;
        var size = distance.abs();
        // In float32 and in this order, as the reference computes it: at powers of two the last bit decides the bucket.
        var growth = size.AtLeast(1).to(ScalarType.Float32).Over((float)near).log().Over((float)Math.Log((double)maxDistance / near));
        var far = growth.Times((double)(buckets / 2 - near)).to(ScalarType.Int64).Plus(near).AtMost(buckets / 2 - 1);
        return direction.Plus(where(size.IsBelow(near), size, far)).MoveToOuterDisposeScope();
    }
}
