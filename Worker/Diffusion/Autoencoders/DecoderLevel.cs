using RenderFarm.Diffusion.Layers;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace RenderFarm.Diffusion.Autoencoders;

/// <summary>A level on the way up: residual blocks, then double the size.</summary>
internal sealed class DecoderLevel : nn.Module<Tensor, Tensor>
{
    [ComponentName(Name = "resnets")]
    private readonly ModuleList<AutoencoderResnet> _resnets = [];

    [ComponentName(Name = "upsamplers")]
    private readonly ModuleList<DecoderUpsampler> _upsamplers = [];

    /// <param name="config">The network's configuration.</param>
    /// <param name="level">From the picture's resolution downwards.</param>
    /// <param name="placement">Where the parameters live.</param>
    public DecoderLevel(AutoencoderConfig config, int level, Placement placement) : base(nameof(DecoderLevel))
    {
        var (input, output) = (config.BlockOutChannels[Math.Min(config.Levels - 1, level + 1)], config.BlockOutChannels[level]);
        for (var layer = 0; layer <= config.LayersPerBlock; layer++) _resnets.Add(new AutoencoderResnet(config.NormNumGroups, layer == 0 ? input : output, output, placement));
        if (level > 0) _upsamplers.Add(new DecoderUpsampler(output, placement));
        RegisterComponents();
    }

    /// <param name="input">[B, C, H, W]</param>
    /// <returns>[B, C', H', W']</returns>
    public override Tensor forward(Tensor input) => Chain.Run(input, [.. _resnets, .. _upsamplers]);
}
