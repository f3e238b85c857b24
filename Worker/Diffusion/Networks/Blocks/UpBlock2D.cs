using RenderFarm.Diffusion.Layers;
using RenderFarm.Diffusion.Networks.Configuration;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace RenderFarm.Diffusion.Networks.Blocks;

/// <summary>A level on the way up, of any <see cref="UpBlockType"/>.</summary>
internal sealed class UpBlock2D : nn.Module<Tensor, Stack<Tensor>, Conditions, Tensor>
{
    [ComponentName(Name = "resnets")]
    private readonly ModuleList<ResnetBlock2D> _resnets = [];

    [ComponentName(Name = "attentions")]
    private readonly ModuleList<FeatureModule> _attentions = [];

    [ComponentName(Name = "upsamplers")]
    private readonly ModuleList<FeatureModule> _upsamplers = [];

    /// <param name="config">The network's configuration.</param>
    /// <param name="index">Place on the way up; 0 is the lowest resolution.</param>
    /// <param name="placement">Where the parameters live.</param>
    public UpBlock2D(UNetConfig config, int index, Placement placement) : base(nameof(UpBlock2D))
    {
        var level = config.Levels - 1 - index;
        var output = config.BlockOutChannels[level];
        var below = config.BlockOutChannels[Math.Min(config.Levels - 1, level + 1)];
        var above = config.BlockOutChannels[Math.Max(0, level - 1)];
        var last = config.LayersAt(level);
        for (var layer = 0; layer <= last; layer++)
        {
            var input = (layer == 0 ? below : output) + (layer == last ? above : output);
            _resnets.Add(new ResnetBlock2D(config, input, output, config.ResnetOutScaleFactor, Resampling.None, placement));
            if (LevelParts.UpAttention(config, level, placement) is { } attention) _attentions.Add(attention);
        }

        if (level > 0) _upsamplers.Add(LevelParts.Upsampler(config, level, placement));
        RegisterComponents();
    }

    /// <param name="input">[B, C, H, W]</param>
    /// <param name="skips">results of the way down, the last on top; each residual block takes one and disposes it</param>
    /// <param name="conditions">what the layers are told</param>
    /// <returns>[B, C', H', W']</returns>
    public override Tensor forward(Tensor input, Stack<Tensor> skips, Conditions conditions)
    {
        using var scope = NewDisposeScope();
        var hidden = input.alias();
        for (var layer = 0; layer < _resnets.Count; layer++) hidden = Layer(layer, hidden, skips.Pop(), conditions);
        foreach (var upsampler in _upsamplers) hidden = upsampler.call(hidden, conditions);
        return hidden.MoveToOuterDisposeScope();
    }

    private Tensor Layer(int layer, Tensor hidden, Tensor skip, Conditions conditions)
    {
        using var scope = NewDisposeScope();
        var joined = cat([hidden, skip], 1);
        hidden.Dispose();
        skip.Dispose();
        var result = _resnets[layer].call(joined, conditions);
        if (_attentions.Count > 0) result = _attentions[layer].call(result, conditions);
        return result.MoveToOuterDisposeScope();
    }
}
