using RenderFarm.Diffusion.Layers;
using RenderFarm.Diffusion.Networks.Blocks;
using RenderFarm.Diffusion.Networks.Configuration;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;
using GroupNorm = RenderFarm.Diffusion.Layers.GroupNorm;
using Linear = RenderFarm.Diffusion.Layers.Linear;

namespace RenderFarm.Diffusion.Networks.Attention;

/// <summary>Attention of all places to each other, in a U-Net that sees no text; the input is added to the result.</summary>
internal sealed class MapAttention : FeatureModule
{
    private readonly int _heads;
    private readonly double _outScaleFactor;

    [ComponentName(Name = "group_norm")]
    private readonly GroupNorm? _norm;

    [ComponentName(Name = "to_q")]
    private readonly Linear _query;

    [ComponentName(Name = "to_k")]
    private readonly Linear _key;

    [ComponentName(Name = "to_v")]
    private readonly Linear _value;

    [ComponentName(Name = "to_out")]
    private readonly ModuleList<Linear> _output;

    public MapAttention(UNet2DConfig config, Placement placement) : base(nameof(MapAttention))
    {
        var channels = config.BlockOutChannels[^1];
        (_heads, _outScaleFactor) = (channels / (config.AttentionHeadDim ?? channels), config.MidBlockScaleFactor);
        Linear Projection() => new(channels, channels, placement);
        _norm = config.AttentionGroups is { } groups ? new GroupNorm(groups, channels, config.NormEps, placement) : null;
        (_query, _key, _value, _output) = (Projection(), Projection(), Projection(), new ModuleList<Linear>(Projection()));
        RegisterComponents();
    }

    /// <param name="input">[B, C, H, W]</param>
    /// <param name="conditions">not used</param>
    /// <returns>[B, C, H, W]</returns>
    public override Tensor forward(Tensor input, Conditions conditions)
    {
        using var scope = NewDisposeScope();
        var tokens = Features.Tokens(_norm is null ? input : NormalisedActivation.Apply(_norm, input, null, null)); // [B, HW, C]
        var attended = DotProductAttention.Apply(_query.call(tokens), _key.call(tokens), _value.call(tokens), _heads);
        var sum = Features.Map(_output[0].call(attended), input.shape[2], input.shape[3]).Plus(input);
        return (_outScaleFactor == 1 ? sum : sum.Over(_outScaleFactor)).MoveToOuterDisposeScope();
    }
}
