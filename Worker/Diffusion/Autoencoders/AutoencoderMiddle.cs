using RenderFarm.Diffusion.Layers;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace RenderFarm.Diffusion.Autoencoders;

/// <summary>The block at the lowest resolution: residual block, attention, residual block.</summary>
internal sealed class AutoencoderMiddle : nn.Module<Tensor, Tensor>
{
    [ComponentName(Name = "resnets")]
    private readonly ModuleList<AutoencoderResnet> _resnets;

    [ComponentName(Name = "attentions")]
    private readonly ModuleList<AutoencoderAttention> _attentions = [];

    public AutoencoderMiddle(AutoencoderConfig config, Placement placement) : base(nameof(AutoencoderMiddle))
    {
        var channels = config.BlockOutChannels[^1];
        AutoencoderResnet Resnet() => new(config.NormNumGroups, channels, channels, placement);
        _resnets = new ModuleList<AutoencoderResnet>(Resnet(), Resnet());
        if (config.MidBlockAddAttention) _attentions.Add(new AutoencoderAttention(config, channels, placement));
        RegisterComponents();
    }

    /// <param name="input">[B, C, H, W]</param>
    /// <returns>[B, C, H, W]</returns>
    public override Tensor forward(Tensor input)
    {
        using var scope = NewDisposeScope();
        var hidden = _resnets[0].call(input);
        foreach (var attention in _attentions) hidden = attention.call(hidden);
        return _resnets[1].call(hidden).MoveToOuterDisposeScope();
    }
}
