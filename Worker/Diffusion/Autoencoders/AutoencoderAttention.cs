using RenderFarm.Diffusion.Layers;
using RenderFarm.Diffusion.Networks.Attention;
using RenderFarm.Diffusion.Networks.Blocks;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;
using GroupNorm = RenderFarm.Diffusion.Layers.GroupNorm;
using Linear = RenderFarm.Diffusion.Layers.Linear;

namespace RenderFarm.Diffusion.Autoencoders;

/// <summary>Attention of all places to each other with one head; its result is added to the map.</summary>
internal sealed class AutoencoderAttention : nn.Module<Tensor, Tensor>
{
    [ComponentName(Name = "group_norm")]
    private readonly GroupNorm _norm;

    [ComponentName(Name = "to_q")]
    private readonly Linear _query;

    [ComponentName(Name = "to_k")]
    private readonly Linear _key;

    [ComponentName(Name = "to_v")]
    private readonly Linear _value;

    [ComponentName(Name = "to_out")]
    private readonly ModuleList<Linear> _output;

    public AutoencoderAttention(AutoencoderConfig config, int channels, Placement placement) : base(nameof(AutoencoderAttention))
    {
        Linear Projection() => new(channels, channels, placement);
        _norm = new GroupNorm(config.NormNumGroups, channels, AutoencoderResnet.Epsilon, placement);
        (_query, _key, _value, _output) = (Projection(), Projection(), Projection(), new ModuleList<Linear>(Projection()));
        RegisterComponents();
    }

    /// <param name="input">[B, C, H, W]</param>
    /// <returns>[B, C, H, W]</returns>
    public override Tensor forward(Tensor input)
    {
        using var scope = NewDisposeScope();
        var tokens = Features.Tokens(NormalisedActivation.Apply(_norm, input, null, null)); // [B, HW, C]
        var attended = DotProductAttention.Apply(_query.call(tokens), _key.call(tokens), _value.call(tokens), heads: 1);
        return Features.Map(_output[0].call(attended), input.shape[2], input.shape[3]).Plus(input).MoveToOuterDisposeScope();
    }
}
