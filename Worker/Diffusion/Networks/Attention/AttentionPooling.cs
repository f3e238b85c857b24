using RenderFarm.Diffusion.Layers;
using static TorchSharp.torch;

namespace RenderFarm.Diffusion.Networks.Attention;

/// <summary>
/// Text states pooled into one vector: their mean, attending to itself and to each of them. Query and key are each scaled by K^(-1/4); the heads
/// are joined without a projection.
/// </summary>
internal sealed class AttentionPooling : nn.Module<Tensor, Tensor>
{
    private readonly int _heads;

    [ComponentName(Name = "positional_embedding")]
    private readonly Parameter _position;

    [ComponentName(Name = "q_proj")]
    private readonly Linear _query;

    [ComponentName(Name = "k_proj")]
    private readonly Linear _key;

    [ComponentName(Name = "v_proj")]
    private readonly Linear _value;

    public AttentionPooling(int width, int heads, Placement placement) : base(nameof(AttentionPooling))
    {
        _heads = heads;
        _position = placement.Parameter(1, width);
        _query = new Linear(width, width, placement);
        _key = new Linear(width, width, placement);
        _value = new Linear(width, width, placement);
        RegisterComponents();
    }

    /// <param name="input">[B, L, D]</param>
    /// <returns>[B, D]</returns>
    public override Tensor forward(Tensor input)
    {
        using var scope = NewDisposeScope();
        var mean = input.mean([1], keepdim: true).Plus(_position); // [B, 1, D]
        var sequence = cat([mean, input], 1); // [B, 1 + L, D]
        var query = Heads(_query.call(mean)); // [B, N, 1, K]
        var key = Heads(_key.call(sequence)); // [B, N, 1 + L, K]
        var value = Heads(_value.call(sequence));
        var scale = Math.Pow(query.shape[^1], -0.25);
        var scores = query.Times(scale).matmul(key.Times(scale).transpose(-1, -2)); // [B, N, 1, 1 + L]
        var weights = scores.to(ScalarType.Float32).softmax(-1).to(value.dtype);
        return weights.matmul(value).flatten(1).MoveToOuterDisposeScope();
    }

    private Tensor Heads(Tensor tokens) => tokens.unflatten(2, [_heads, -1]).transpose(1, 2);
}
