using RenderFarm.Diffusion.Layers;
using RenderFarm.Diffusion.Networks.Attention;
using TorchSharp;
using static TorchSharp.torch;
using Linear = RenderFarm.Diffusion.Layers.Linear;

namespace RenderFarm.Diffusion.Text;

/// <summary>Self-attention: of a text, in which a token sees itself and those before it, or of a picture, in which all see all.</summary>
internal sealed class ClipAttention : nn.Module<Tensor, Tensor>
{
    private readonly long _heads;
    private readonly bool _causal;

    [ComponentName(Name = "q_proj")]
    private readonly Linear _query;

    [ComponentName(Name = "k_proj")]
    private readonly Linear _key;

    [ComponentName(Name = "v_proj")]
    private readonly Linear _value;

    [ComponentName(Name = "out_proj")]
    private readonly Linear _output;

    public ClipAttention(IClipShape config, Placement placement) : base(nameof(ClipAttention))
    {
        (_heads, _causal) = (config.NumAttentionHeads, config.IsCausal);
        Linear Projection() => new(config.HiddenSize, config.HiddenSize, placement);
        (_query, _key, _value, _output) = (Projection(), Projection(), Projection(), Projection());
        RegisterComponents();
    }

    /// <param name="input">[B, L, D]</param>
    /// <returns>[B, L, D]</returns>
    public override Tensor forward(Tensor input)
    {
        using var scope = NewDisposeScope();
        if (!_causal)
            return _output.call(DotProductAttention.Apply(_query.call(input), _key.call(input), _value.call(input), (int)_heads)).MoveToOuterDisposeScope();
        var mixed = nn.functional.scaled_dot_product_attention(
            Split(_query.call(input)), Split(_key.call(input)), Split(_value.call(input)), is_casual: true); // [B, N, L, K]
        return _output.call(mixed.transpose(1, 2).flatten(2)).MoveToOuterDisposeScope();
    }

    /// <summary>[B, L, N·K] as [B, N, L, K].</summary>
    private Tensor Split(Tensor projected) => projected.unflatten(2, [_heads, -1]).transpose(1, 2);
}
