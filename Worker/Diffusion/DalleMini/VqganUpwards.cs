using RenderFarm.Diffusion.Layers;
using RenderFarm.Diffusion.Networks.Blocks;
using RenderFarm.Diffusion.Networks.Configuration;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;
using Conv2d = RenderFarm.Diffusion.Layers.Conv2d;
using GroupNorm = RenderFarm.Diffusion.Layers.GroupNorm;

namespace RenderFarm.Diffusion.DalleMini;

/// <summary>From the smallest map to the picture (vqgan-jax, Decoder).</summary>
internal sealed class VqganUpwards : nn.Module<Tensor, Tensor>
{
    [ComponentName(Name = "conv_in")]
    private readonly Conv2d _inputConvolution;

    [ComponentName(Name = "mid")]
    private readonly VqganMidBlock _middle;

    /// <summary>The picture's resolution first.</summary>
    [ComponentName(Name = "up")]
    private readonly ModuleList<VqganLevel> _levels;

    [ComponentName(Name = "norm_out")]
    private readonly GroupNorm _outputNorm;

    [ComponentName(Name = "conv_out")]
    private readonly Conv2d _outputConvolution;

    public VqganUpwards(VqganConfig config, Placement placement) : base(nameof(VqganUpwards))
    {
        var deepest = config.Levels - 1;
        _inputConvolution = new Conv2d(config.ZChannels, config.Channels(deepest), 3, placement);
        _middle = new VqganMidBlock(config.Channels(deepest), placement);
        _levels = new ModuleList<VqganLevel>([.. Enumerable.Range(0, config.Levels).Select(level => new VqganLevel(
            config.Channels(Math.Min(level + 1, deepest)), config.Channels(level), config.NumResBlocks + 1, config.HasAttention(level),
            level > 0 ? Resampling.Up : Resampling.None, placement))]);
        _outputNorm = VqganNorm.Create(config.Channels(0), placement);
        _outputConvolution = new Conv2d(config.Channels(0), PictureDecoder.Channels, 3, placement);
        RegisterComponents();
    }

    /// <param name="input">[B, z_channels, h, w]</param>
    /// <returns>[B, 3, H, W]</returns>
    public override Tensor forward(Tensor input)
    {
        using var scope = NewDisposeScope();
        using var small = _inputConvolution.forward(input);
        var states = _middle.forward(small);
        for (var level = _levels.Count - 1; level >= 0; level--)
        {
            var next = _levels[level].forward(states);
            states.Dispose();
            states = next;
        }
        return _outputConvolution.forward(NormalisedActivation.Apply(_outputNorm, states, null, ActivationFunction.Silu)).MoveToOuterDisposeScope();
    }
}
