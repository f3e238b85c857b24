using RenderFarm.Diffusion.Layers;
using TorchSharp;
using static TorchSharp.torch;
using Linear = RenderFarm.Diffusion.Layers.Linear;

namespace RenderFarm.Diffusion.Fusion;

/// <summary>Attention of states to a source: to themselves, or to a picture's states.</summary>
internal sealed class FusionAttention : nn.Module<Tensor, Tensor, Tensor?, Tensor>
{
    private readonly long _heads;

    [ComponentName(Name = "q_proj")]
    private readonly Linear _query;

    [ComponentName(Name = "k_proj")]
    private readonly Linear _key;

    [ComponentName(Name = "v_proj")]
    private readonly Linear _value;

    [ComponentName(Name = "out_proj")]
    private readonly Linear _output;

    public FusionAttention(FusionConfig config, long sourceWidth, Placement placement) : base(nameof(FusionAttention))
    {
        _heads = config.NumAttentionHeads;
        _query = new Linear(config.HiddenSize, config.HiddenSize, placement);
        _key = new Linear(sourceWidth, config.HiddenSize, placement);
        _value = new Linear(sourceWidth, config.HiddenSize, placement);
        _output = new Linear(config.HiddenSize, config.HiddenSize, placement);
        RegisterComponents();
    }

    /// <param name="input">[B, Q, D]</param>
    /// <param name="source">[B, S, its width]</param>
    /// <param name="bias">Added to the scores, [B, 1, 1, S]; null for nothing</param>
    /// <returns>[B, Q, D]</returns>
    public override Tensor forward(Tensor input, Tensor source, Tensor? bias)
    {
        using var scope = NewDisposeScope();
        var query = Split(_query.call(input));
        var scores = query.Times(Math.Pow(query.shape[3], -0.5)).matmul(Split(_key.call(source)).transpose(2, 3)); // [B, N, Q, S]
        if (bias is not null) scores = scores.Plus(bias);
        var mixed = scores.softmax(-1).matmul(Split(_value.call(source))); // [B, N, Q, K]
        return _output.call(mixed.transpose(1, 2).flatten(2)).MoveToOuterDisposeScope();
    }

    /// <summary>[B, L, N·K] as [B, N, L, K].</summary>
    private Tensor Split(Tensor projected) => projected.unflatten(2, [_heads, -1]).transpose(1, 2);
}
