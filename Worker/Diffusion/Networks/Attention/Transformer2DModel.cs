using RenderFarm.Diffusion.Layers;
using RenderFarm.Diffusion.Networks.Blocks;
using RenderFarm.Diffusion.Networks.Configuration;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;
using GroupNorm = RenderFarm.Diffusion.Layers.GroupNorm;

namespace RenderFarm.Diffusion.Networks.Attention;

/// <summary>A transformer over the places of a map (Rombach et al. 2022, section 3.3); its result is added to the map.</summary>
internal sealed class Transformer2DModel : FeatureModule
{
    private const double Epsilon = 1e-6;

    [ComponentName(Name = "norm")]
    private readonly GroupNorm _norm;

    [ComponentName(Name = "proj_in")]
    private readonly TokenProjection _inputProjection;

    [ComponentName(Name = "transformer_blocks")]
    private readonly ModuleList<BasicTransformerBlock> _blocks = [];

    [ComponentName(Name = "proj_out")]
    private readonly TokenProjection _outputProjection;

    /// <param name="config">The network's configuration.</param>
    /// <param name="level">From the picture's resolution downwards.</param>
    /// <param name="onlyCrossAttention">Whether the first attention of each block sees the text, too, and not the tokens.</param>
    /// <param name="placement">Where the parameters live.</param>
    public Transformer2DModel(UNetConfig config, int level, bool onlyCrossAttention, Placement placement) : base(nameof(Transformer2DModel))
    {
        var channels = config.BlockOutChannels[level];
        _norm = new GroupNorm(config.NormNumGroups, channels, Epsilon, placement);
        _inputProjection = new TokenProjection(channels, config.UseLinearProjection, placement);
        for (var block = 0; block < config.TransformerLayersAt(level); block++)
            _blocks.Add(new BasicTransformerBlock(config, channels, config.TransformerHeadsAt(level), onlyCrossAttention, placement));
        _outputProjection = new TokenProjection(channels, config.UseLinearProjection, placement);
        RegisterComponents();
    }

    /// <param name="input">[B, C, H, W]</param>
    /// <param name="conditions">what the layers are told</param>
    /// <returns>[B, C, H, W]</returns>
    public override Tensor forward(Tensor input, Conditions conditions)
    {
        using var scope = NewDisposeScope();
        var tokens = _inputProjection.call(Features.Tokens(NormalisedActivation.Apply(_norm, input, null, null))); // [B, HW, C]
        foreach (var block in _blocks)
        {
            var before = tokens;
            tokens = block.call(before, conditions);
            // While gradients are recorded the graph holds on to it anyway.
            before.Dispose();
        }

        return Features.Map(_outputProjection.call(tokens), input.shape[2], input.shape[3]).Plus(input).MoveToOuterDisposeScope();
    }
}
