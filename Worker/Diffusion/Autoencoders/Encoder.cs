using RenderFarm.Diffusion.Layers;
using RenderFarm.Diffusion.Networks.Blocks;
using RenderFarm.Diffusion.Networks.Configuration;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;
using Conv2d = RenderFarm.Diffusion.Layers.Conv2d;
using GroupNorm = RenderFarm.Diffusion.Layers.GroupNorm;

namespace RenderFarm.Diffusion.Autoencoders;

/// <summary>From a picture to mean and logarithm of the variance of its latents.</summary>
internal sealed class Encoder : nn.Module<Tensor, Tensor>
{
    private const long Kernel = 3;

    [ComponentName(Name = "conv_in")]
    private readonly Conv2d _input;

    [ComponentName(Name = "down_blocks")]
    private readonly ModuleList<EncoderLevel> _levels;

    [ComponentName(Name = "mid_block")]
    private readonly AutoencoderMiddle _middle;

    [ComponentName(Name = "conv_norm_out")]
    private readonly GroupNorm _outputNorm;

    [ComponentName(Name = "conv_out")]
    private readonly Conv2d _output;

    public Encoder(AutoencoderConfig config, Placement placement) : base(nameof(Encoder))
    {
        var (top, bottom) = (config.BlockOutChannels[0], config.BlockOutChannels[^1]);
        _input = new Conv2d(config.InChannels, top, Kernel, placement);
        _levels = new ModuleList<EncoderLevel>([.. Enumerable.Range(0, config.Levels).Select(level => new EncoderLevel(config, level, placement))]);
        _middle = new AutoencoderMiddle(config, placement);
        _outputNorm = new GroupNorm(config.NormNumGroups, bottom, AutoencoderResnet.Epsilon, placement);
        _output = new Conv2d(bottom, 2 * config.LatentChannels, Kernel, placement);
        RegisterComponents();
    }

    /// <param name="input">[B, 3, H, W]</param>
    /// <returns>[B, 2 latent channels, H / factor, W / factor]</returns>
    public override Tensor forward(Tensor input)
    {
        using var scope = NewDisposeScope();
        var hidden = Chain.Run(input, [_input, .. _levels, _middle]);
        return _output.call(NormalisedActivation.Apply(_outputNorm, hidden, null, ActivationFunction.Silu)).MoveToOuterDisposeScope();
    }
}
