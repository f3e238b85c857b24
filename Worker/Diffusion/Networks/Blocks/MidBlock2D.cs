using RenderFarm.Diffusion.Layers;
using RenderFarm.Diffusion.Networks.Configuration;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace RenderFarm.Diffusion.Networks.Blocks;

/// <summary>The block at the lowest resolution: residual block, usually attention, residual block.</summary>
internal sealed class MidBlock2D : nn.Module<Tensor, Conditions, Tensor>
{
    [ComponentName(Name = "resnets")]
    private readonly ModuleList<ResnetBlock2D> _resnets;

    [ComponentName(Name = "attentions")]
    private readonly ModuleList<FeatureModule> _attentions;

    public MidBlock2D(UNetConfig config, Placement placement) : this(config, LevelParts.MiddleAttention(config, placement), placement) { }

    /// <param name="config">The network's configuration.</param>
    /// <param name="attention">What stands between the residual blocks; null for nothing.</param>
    /// <param name="placement">Where the parameters live.</param>
    public MidBlock2D(UNetConfig config, FeatureModule? attention, Placement placement) : base(nameof(MidBlock2D))
    {
        var channels = config.BlockOutChannels[^1];
        ResnetBlock2D Resnet() => new(config, channels, channels, config.MidBlockScaleFactor, Resampling.None, placement);
        _resnets = new ModuleList<ResnetBlock2D>(Resnet(), Resnet());
        _attentions = attention is null ? [] : new ModuleList<FeatureModule>(attention);
        RegisterComponents();
    }

    /// <param name="input">[B, C, H, W]</param>
    /// <param name="conditions">what the layers are told</param>
    /// <returns>[B, C, H, W]</returns>
    public override Tensor forward(Tensor input, Conditions conditions)
    {
        using var scope = NewDisposeScope();
        var hidden = _resnets[0].call(input, conditions);
        if (_attentions.Count > 0) hidden = _attentions[0].call(hidden, conditions);
        return _resnets[1].call(hidden, conditions).MoveToOuterDisposeScope();
    }
}
