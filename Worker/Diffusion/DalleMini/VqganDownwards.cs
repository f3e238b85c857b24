using RenderFarm.Diffusion.Layers;
using RenderFarm.Diffusion.Networks.Blocks;
using RenderFarm.Diffusion.Networks.Configuration;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;
using Conv2d = RenderFarm.Diffusion.Layers.Conv2d;
using GroupNorm = RenderFarm.Diffusion.Layers.GroupNorm;

namespace RenderFarm.Diffusion.DalleMini;

/// <summary>From the picture to the smallest map (vqgan-jax, Encoder).</summary>
internal sealed class VqganDownwards : nn.Module<Tensor, Tensor>
{
    [ComponentName(Name = "conv_in")]
    private readonly Conv2d _inputConvolution;

    /// <summary>The picture's resolution first.</summary>
    [ComponentName(Name = "down")]
    private readonly ModuleList<VqganLevel> _levels;

    [ComponentName(Name = "mid")]
    private readonly VqganMidBlock _middle;

    [ComponentName(Name = "norm_out")]
    private readonly GroupNorm _outputNorm;

    [ComponentName(Name = "conv_out")]
    private readonly Conv2d _outputConvolution;

    public VqganDownwards(VqganConfig config, Placement placement) : base(nameof(VqganDownwards))
    {
        var deepest = config.Levels - 1;
        _inputConvolution = new Conv2d(PictureDecoder.Channels, config.Ch, 3, placement);
        _levels = new ModuleList<VqganLevel>([.. Enumerable.Range(0, config.Levels).Select(level => new VqganLevel(
            level == 0 ? config.Ch : config.Channels(level - 1), config.Channels(level), config.NumResBlocks, config.HasAttention(level),
            level < deepest ? Resampling.Down : Resampling.None, placement))]);
        _middle = new VqganMidBlock(config.Channels(deepest), placement);
        _outputNorm = VqganNorm.Create(config.Channels(deepest), placement);
        _outputConvolution = new Conv2d(config.Channels(deepest), config.ZChannels, 3, placement);
        RegisterComponents();
    }

    /// <param name="input">[B, 3, H, W]</param>
    /// <returns>[B, z_channels, h, w]</returns>
    public override Tensor forward(Tensor input)
    {
        using var scope = NewDisposeScope();
        var states = _inputConvolution.forward(input);
        foreach (var level in _levels)
        {
            var next = level.forward(states);
            states.Dispose();
            states = next;
        }
        return _outputConvolution.forward(NormalisedActivation.Apply(_outputNorm, _middle.forward(states), null, ActivationFunction.Silu)).MoveToOuterDisposeScope();
    }
}
