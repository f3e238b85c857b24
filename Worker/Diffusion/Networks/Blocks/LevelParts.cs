using RenderFarm.Diffusion.Layers;
using RenderFarm.Diffusion.Networks.Attention;
using RenderFarm.Diffusion.Networks.Configuration;

namespace RenderFarm.Diffusion.Networks.Blocks;

/// <summary>Which attention and which resampling a level has, by the names of its block types.</summary>
internal static class LevelParts
{
    /// <summary>The attention after each residual block on the way down; null for none.</summary>
    public static FeatureModule? DownAttention(UNetConfig config, int level, Placement placement) => config.DownBlockTypes[level] switch
    {
        DownBlockType.SimpleCrossAttnDownBlock2D => Added(config, level, placement),
        DownBlockType.CrossAttnDownBlock2D => new Transformer2DModel(config, level, config.OnlyCrossAttentionAt(level), placement),
        _ => null,
    };

    /// <summary>The attention after each residual block on the way up; null for none.</summary>
    public static FeatureModule? UpAttention(UNetConfig config, int level, Placement placement) => config.UpBlockTypes[config.Levels - 1 - level] switch
    {
        UpBlockType.SimpleCrossAttnUpBlock2D => Added(config, level, placement),
        UpBlockType.CrossAttnUpBlock2D => new Transformer2DModel(config, level, config.OnlyCrossAttentionAt(level), placement),
        _ => null,
    };

    /// <summary>The attention between the middle's residual blocks.</summary>
    public static FeatureModule MiddleAttention(UNetConfig config, Placement placement)
    {
        var level = config.Levels - 1;
        return config.MidBlockType == MidBlockType.UNetMidBlock2DCrossAttn
            ? new Transformer2DModel(config, level, onlyCrossAttention: false, placement)
            : new AddedKeyValueAttention(config, config.BlockOutChannels[level], config.HeadDimAt(level), config.OnlyCrossAttentionInMiddle, placement);
    }

    /// <summary>What halves the size below a level.</summary>
    public static FeatureModule Downsampler(UNetConfig config, int level, Placement placement)
    {
        var channels = config.BlockOutChannels[level];
        return config.DownBlockTypes[level] is DownBlockType.DownBlock2D or DownBlockType.CrossAttnDownBlock2D
            ? new Downsample2D(channels, placement)
            : new ResnetBlock2D(config, channels, channels, config.ResnetOutScaleFactor, Resampling.Down, placement);
    }

    /// <summary>What doubles the size above a level.</summary>
    public static FeatureModule Upsampler(UNetConfig config, int level, Placement placement)
    {
        var channels = config.BlockOutChannels[level];
        return config.UpBlockTypes[config.Levels - 1 - level] is UpBlockType.UpBlock2D or UpBlockType.CrossAttnUpBlock2D
            ? new Upsample2D(channels, placement)
            : new ResnetBlock2D(config, channels, channels, config.ResnetOutScaleFactor, Resampling.Up, placement);
    }

    private static AddedKeyValueAttention Added(UNetConfig config, int level, Placement placement) =>
        new(config, config.BlockOutChannels[level], config.HeadDimAt(level), config.OnlyCrossAttentionAt(level), placement);
}
