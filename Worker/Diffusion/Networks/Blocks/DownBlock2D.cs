using RenderFarm.Diffusion.Layers;
using RenderFarm.Diffusion.Networks.Configuration;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace RenderFarm.Diffusion.Networks.Blocks;

/// <summary>A level on the way down, of any <see cref="DownBlockType"/>.</summary>
internal sealed class DownBlock2D : nn.Module<Tensor, Conditions, IReadOnlyList<Tensor>>
{
    [ComponentName(Name = "resnets")]
    private readonly ModuleList<ResnetBlock2D> _resnets = [];

    [ComponentName(Name = "attentions")]
    private readonly ModuleList<FeatureModule> _attentions = [];

    [ComponentName(Name = "downsamplers")]
    private readonly ModuleList<FeatureModule> _downsamplers = [];

    public DownBlock2D(UNetConfig config, int level, Placement placement) : base(nameof(DownBlock2D))
    {
        var output = config.BlockOutChannels[level];
        for (var layer = 0; layer < config.LayersAt(level); layer++)
        {
            var input = layer == 0 ? config.BlockOutChannels[Math.Max(0, level - 1)] : output;
            _resnets.Add(new ResnetBlock2D(config, input, output, config.ResnetOutScaleFactor, Resampling.None, placement));
            if (LevelParts.DownAttention(config, level, placement) is { } attention) _attentions.Add(attention);
        }

        if (level < config.Levels - 1) _downsamplers.Add(LevelParts.Downsampler(config, level, placement));
        RegisterComponents();
    }

    /// <param name="input">[B, C, H, W]</param>
    /// <param name="conditions">what the layers are told</param>
    /// <returns>the result of each layer, each of which is a skip connection too; the last one goes on</returns>
    public override IReadOnlyList<Tensor> forward(Tensor input, Conditions conditions)
    {
        var results = new List<Tensor>();
        var hidden = input;
        for (var layer = 0; layer < _resnets.Count; layer++)
        {
            using var scope = NewDisposeScope();
            hidden = _resnets[layer].call(hidden, conditions);
            if (_attentions.Count > 0) hidden = _attentions[layer].call(hidden, conditions);
            results.Add(hidden.MoveToOuterDisposeScope());
        }

        foreach (var downsampler in _downsamplers) results.Add(downsampler.call(hidden, conditions));
        return results;
    }
}
