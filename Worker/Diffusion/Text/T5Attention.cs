using RenderFarm.Diffusion.Layers;
using static TorchSharp.torch;
using Embedding = RenderFarm.Diffusion.Layers.Embedding;
using Linear = RenderFarm.Diffusion.Layers.Linear;

namespace RenderFarm.Diffusion.Text;

/// <summary>
/// T5's self-attention: no scaling by the head's width, no biases in the projections, a learned bias per relative position.
/// </summary>
internal sealed class T5Attention : nn.Module<Tensor, Tensor, Tensor>
{
    private readonly long _heads;
    private readonly double _headRoot;
    private readonly (long Buckets, long MaxDistance) _positions;

    [ComponentName(Name = "q")]
    private readonly Linear _query;

    [ComponentName(Name = "k")]
    private readonly Linear _key;

    [ComponentName(Name = "v")]
    private readonly Linear _value;

    [ComponentName(Name = "o")]
    private readonly Linear _output;

    [ComponentName(Name = "relative_attention_bias")]
    private readonly Embedding? _relativeBias;

    /// <param name="config">Its heads and widths are used.</param>
    /// <param name="hasRelativeBias">True in the first block, whose table all blocks share.</param>
    /// <param name="placement">Where the weights live.</param>
    public T5Attention(T5Config config, bool hasRelativeBias, Placement placement) : base(nameof(T5Attention))
    {
        var inner = config.NumHeads * config.DKv;
        (_heads, _headRoot) = (config.NumHeads, Math.Sqrt(config.DKv));
        _positions = (config.RelativeAttentionNumBuckets, config.RelativeAttentionMaxDistance);
        _query = new Linear(config.DModel, inner, placement, bias: false);
        _key = new Linear(config.DModel, inner, placement, bias: false);
        _value = new Linear(config.DModel, inner, placement, bias: false);
        _output = new Linear(inner, config.DModel, placement, bias: false);
        _relativeBias = hasRelativeBias ? new Embedding(config.RelativeAttentionNumBuckets, config.NumHeads, placement) : null;
        RegisterComponents();
    }

    /// <summary>What is added to every block's scores, for each head, query and key.</summary>
    /// <returns>[1, N, L, L]</returns>
    public Tensor PositionBias(long length, Device device)
    {
        if (_relativeBias is null)
            throw new InvalidOperationException("Only the first block's attention has the table of relative positions.");
        using var scope = NewDisposeScope();
        var buckets = RelativePosition.Buckets(length, _positions.Buckets, _positions.MaxDistance, device);
        return _relativeBias.forward(buckets).permute(2, 0, 1).unsqueeze(0).MoveToOuterDisposeScope();
    }

    /// <param name="input">[B, L, D]</param>
    /// <param name="bias">[B, N, L, L], of the input's dtype</param>
    /// <returns>[B, L, D]</returns>
    public override Tensor forward(Tensor input, Tensor bias)
    {
        using var scope = NewDisposeScope();
        // The fused kernel divides the scores by √K, which T5 does not.
        var query = Split(_query.forward(input).Times(_headRoot));
        var mixed = nn.functional.scaled_dot_product_attention(query, Split(_key.forward(input)), Split(_value.forward(input)), bias); // [B, N, L, K]
        return _output.forward(mixed.transpose(1, 2).flatten(2)).MoveToOuterDisposeScope();
    }

    /// <summary>[B, L, N·K] as [B, N, L, K].</summary>
    private Tensor Split(Tensor projected) => projected.view(projected.shape[0], projected.shape[1], _heads, -1).transpose(1, 2);
}
