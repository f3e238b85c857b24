using RenderFarm.Diffusion.Layers;
using RenderFarm.Diffusion.Networks.Attention;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;
using Linear = RenderFarm.Diffusion.Layers.Linear;

namespace RenderFarm.Diffusion.UnClip;

/// <summary>Attention of tokens to each other and to tokens before them, of which only keys and values are left.</summary>
internal sealed class PriorAttention : nn.Module<Tensor, TextKeysValues?, Tensor, (Tensor Attended, TextKeysValues Own)>
{
    private readonly int _heads;

    [ComponentName(Name = "to_q")]
    private readonly Linear _query;

    [ComponentName(Name = "to_k")]
    private readonly Linear _key;

    [ComponentName(Name = "to_v")]
    private readonly Linear _value;

    [ComponentName(Name = "to_out")]
    private readonly ModuleList<Linear> _output;

    public PriorAttention(PriorConfig config, Placement placement) : base(nameof(PriorAttention))
    {
        _heads = config.NumAttentionHeads;
        Linear Projection() => new(config.Width, config.Width, placement);
        (_query, _key, _value, _output) = (Projection(), Projection(), Projection(), new ModuleList<Linear>(Projection()));
        RegisterComponents();
    }

    /// <param name="input">tokens [B, T, W]</param>
    /// <param name="before">keys and values of P tokens before; null for none</param>
    /// <param name="bias">what is added to the scores [B, T, P + T]</param>
    /// <returns>[B, T, W], and the tokens' own keys and values</returns>
    public override (Tensor Attended, TextKeysValues Own) forward(Tensor input, TextKeysValues? before, Tensor bias)
    {
        using var scope = NewDisposeScope();
        var own = new TextKeysValues(_key.call(input), _value.call(input));
        var all = before is { } earlier ? new TextKeysValues(cat([earlier.Keys, own.Keys], 1), cat([earlier.Values, own.Values], 1)) : own;
        var attended = _output[0].call(DotProductAttention.Apply(_query.call(input), all.Keys, all.Values, _heads, bias));
        return (attended.MoveToOuterDisposeScope(), new TextKeysValues(own.Keys.MoveToOuterDisposeScope(), own.Values.MoveToOuterDisposeScope()));
    }
}
