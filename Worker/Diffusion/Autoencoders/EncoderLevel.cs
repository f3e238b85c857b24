using RenderFarm.Diffusion.Layers;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace RenderFarm.Diffusion.Autoencoders;

/// <summary>A level on the way down: residual blocks, then half the size.</summary>
internal sealed class EncoderLevel : nn.Module<Tensor, Tensor>
{
    [ComponentName(Name = "resnets")]
    private readonly ModuleList<AutoencoderResnet> _resnets = [];

    [ComponentName(Name = "downsamplers")]
    private readonly ModuleList<EncoderDownsampler> _downsamplers = [];

    public EncoderLevel(AutoencoderConfig config, int level, Placement placement) : base(nameof(EncoderLevel))
    {
        var (input, output) = (config.BlockOutChannels[Math.Max(0, level - 1)], config.BlockOutChannels[level]);
        for (var layer = 0; layer < config.LayersPerBlock; layer++) _resnets.Add(new AutoencoderResnet(config.NormNumGroups, layer == 0 ? input : output, output, placement));
        if (level < config.Levels - 1) _downsamplers.Add(new EncoderDownsampler(output, placement));
        RegisterComponents();
    }

    /// <param name="input">[B, C, H, W]</param>
    /// <returns>[B, C', H', W']</returns>
    public override Tensor forward(Tensor input) => Chain.Run(input, [.. _resnets, .. _downsamplers]);
}
