using RenderFarm.Diffusion.Layers;
using RenderFarm.Diffusion.Networks.Blocks;
using RenderFarm.Diffusion.Networks.Configuration;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;
using Conv2d = RenderFarm.Diffusion.Layers.Conv2d;
using GroupNorm = RenderFarm.Diffusion.Layers.GroupNorm;

namespace RenderFarm.Diffusion.Autoencoders;

/// <summary>From latents to a picture.</summary>
internal sealed class Decoder : nn.Module<Tensor, Tensor>
{
    private const long Kernel = 3;

    [ComponentName(Name = "conv_in")]
    private readonly Conv2d _input;

    [ComponentName(Name = "mid_block")]
    private readonly AutoencoderMiddle _middle;

    [ComponentName(Name = "up_blocks")]
    private readonly ModuleList<DecoderLevel> _levels;

    [ComponentName(Name = "conv_norm_out")]
    private readonly GroupNorm _outputNorm;

    [ComponentName(Name = "conv_out")]
    private readonly Conv2d _output;

    public Decoder(AutoencoderConfig config, Placement placement) : base(nameof(Decoder))
    {
        var (top, bottom) = (config.BlockOutChannels[0], config.BlockOutChannels[^1]);
        _input = new Conv2d(config.LatentChannels, bottom, Kernel, placement);
        _middle = new AutoencoderMiddle(config, placement);
        _levels = new ModuleList<DecoderLevel>([.. Enumerable.Range(0, config.Levels).Reverse().Select(level => new DecoderLevel(config, level, placement))]);
        _outputNorm = new GroupNorm(config.NormNumGroups, top, AutoencoderResnet.Epsilon, placement);
        _output = new Conv2d(top, config.OutChannels, Kernel, placement);
        RegisterComponents();
    }

    /// <param name="input">[B, latent channels, h, w]</param>
    /// <returns>[B, 3, factor h, factor w]</returns>
    public override Tensor forward(Tensor input)
    {
        using var scope = NewDisposeScope();
        var hidden = Chain.Run(input, [_input, _middle, .. _levels]);
        using var activated = NormalisedActivation.Apply(_outputNorm, hidden, null, ActivationFunction.Silu);
        hidden.Dispose();
        return _output.call(activated).MoveToOuterDisposeScope();
    }
}
