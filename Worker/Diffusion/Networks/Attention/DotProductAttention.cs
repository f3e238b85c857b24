using RenderFarm.Diffusion.Kernels;
using RenderFarm.Diffusion.Layers;
using TorchSharp;
using static TorchSharp.torch;

namespace RenderFarm.Diffusion.Networks.Attention;

/// <summary>softmax(q kᵀ / √K) v for heads side by side in the channels, by the way that was measured to be the fastest for each case.</summary>
internal static class DotProductAttention
{
    /// <summary>So many numbers of the score matrix are in work at a time: 8 MB, which caches hold and the heap reuses.</summary>
    private const long ScoresAtOnce = 4 << 20;

    /// <param name="query">[B, Q, C], C = N K</param>
    /// <param name="key">[B, L, C]</param>
    /// <param name="value">[B, L, C]</param>
    /// <param name="heads">N</param>
    /// <param name="bias">what is added to the scores, [B, Q, L] or one for all queries [B, 1, L]; null for nothing</param>
    /// <returns>[B, Q, C]</returns>
    public static Tensor Apply(Tensor query, Tensor key, Tensor value, int heads, Tensor? bias = null)
    {
        using var scope = NewDisposeScope();
        Tensor Split(Tensor tokens) => tokens.unflatten(2, [heads, -1]).transpose(1, 2); // [B, N, tokens, K]
        var (q, k, v) = (Split(query), Split(key), Split(value));
        var added = bias?.unsqueeze(1); // [B, 1, Q or 1, L]
        Tensor attended;
        if (is_grad_enabled()) attended = Differentiable(q, k, v, added);
        else if (query.device_type == DeviceType.CPU && query.dtype == ScalarType.BFloat16) attended = BFloat16(q, k, v, added);
        else attended = nn.functional.scaled_dot_product_attention(q, k, v, added);
        return attended.transpose(1, 2).flatten(2).MoveToOuterDisposeScope();
    }

    /// <summary>Step by step: libtorch's way back through its fused attention takes four times as long on the CPU.</summary>
    private static Tensor Differentiable(Tensor query, Tensor key, Tensor value, Tensor? bias)
    {
        using var scope = NewDisposeScope();
        var scores = query.Times(Scale(query)).matmul(key.transpose(-1, -2)); // [B, N, Q, L]
        if (bias is not null) scores = scores.Plus(bias);
        return scores.softmax(-1).matmul(value).MoveToOuterDisposeScope();
    }

    /// <summary>Matrix products with our softmax between, a few heads at a time: twice as fast as libtorch's fused attention in bfloat16.</summary>
    private static Tensor BFloat16(Tensor query, Tensor key, Tensor value, Tensor? bias)
    {
        using var scope = NewDisposeScope();
        var (q, k, v) = (Stack(query), Stack(key), Stack(value)); // [BN, tokens, K]
        // The kernel scales the scores, and so what was added to them.
        var added = bias?.Over(Scale(query)).expand(-1, query.shape[1], -1, -1).flatten(0, 1); // [BN, Q or 1, L]
        var atOnce = Math.Max(1, ScoresAtOnce / (q.shape[1] * k.shape[1]));
        var results = new List<Tensor>();
        for (long first = 0; first < q.shape[0]; first += atOnce)
        {
            var count = Math.Min(atOnce, q.shape[0] - first);
            results.Add(BFloat16Chunk(q.narrow(0, first, count), k.narrow(0, first, count), v.narrow(0, first, count), added?.narrow(0, first, count), Scale(query)));
        }

        return cat(results, 0).unflatten(0, [query.shape[0], query.shape[1]]).MoveToOuterDisposeScope();
    }

    private static Tensor BFloat16Chunk(Tensor query, Tensor key, Tensor value, Tensor? bias, double scale)
    {
        using var scope = NewDisposeScope();
        var scores = query.bmm(key.transpose(1, 2)); // [chunk, Q, L]
        if (bias is not null) scores.PlusInPlace(bias, 1);
        var sums = SoftmaxKernel.Exponentials(scores, scale);
        return scores.bmm(value).div_(sums).MoveToOuterDisposeScope();
    }

    private static Tensor Stack(Tensor heads) => heads.contiguous().flatten(0, 1);

    private static double Scale(Tensor query) => 1 / Math.Sqrt(query.shape[^1]);
}
