using RenderFarm.Diffusion.Layers;
using static TorchSharp.torch;
using Linear = RenderFarm.Diffusion.Layers.Linear;

namespace RenderFarm.Diffusion.DalleMini;

/// <summary>Attention of several heads without biases (dalle-mini, FlaxBartAttention): softmax(q kᵀ / √K) v.</summary>
internal sealed class DalleBartAttention : nn.Module<Tensor, KeysValues, Tensor?, Tensor>
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

    /// <param name="width">D.</param>
    /// <param name="heads">N, which divides D.</param>
    /// <param name="placement">Where the weights live.</param>
    public DalleBartAttention(long width, long heads, Placement placement) : base(nameof(DalleBartAttention))
    {
        _heads = heads;
        _query = new Linear(width, width, placement, bias: false);
        _key = new Linear(width, width, placement, bias: false);
        _value = new Linear(width, width, placement, bias: false);
        _output = new Linear(width, width, placement, bias: false);
        RegisterComponents();
    }

    /// <param name="states">what is attended to, [B, L, D]</param>
    /// <returns>of [B, N, L, K], in the caller's dispose scope</returns>
    public KeysValues Project(Tensor states)
    {
        using var scope = NewDisposeScope();
        return new KeysValues(Split(_key.forward(states)).MoveToOuterDisposeScope(), Split(_value.forward(states)).MoveToOuterDisposeScope());
    }

    /// <param name="input">[B, Q, D]</param>
    /// <param name="attended">of [B, N, L, K]</param>
    /// <param name="bias">added to the scores, [B, 1, 1, L]; null for nothing</param>
    /// <returns>[B, Q, D]</returns>
    public override Tensor forward(Tensor input, KeysValues attended, Tensor? bias)
    {
        using var scope = NewDisposeScope();
        var mixed = nn.functional.scaled_dot_product_attention(Split(_query.forward(input)), attended.Keys, attended.Values, bias!); // [B, N, Q, K]
        return _output.forward(mixed.transpose(1, 2).flatten(2)).MoveToOuterDisposeScope();
    }

    /// <summary>[B, L, D] as [B, N, L, K].</summary>
    private Tensor Split(Tensor projected) => projected.unflatten(2, [_heads, -1]).transpose(1, 2);
}
