namespace RenderFarm.Diffusion.Networks.Configuration;

/// <summary>The kind of the block at the lowest resolution, by diffusers' names.</summary>
public enum MidBlockType
{
    /// <summary>A residual block, attention, and a residual block.</summary>
    UNetMidBlock2DSimpleCrossAttn,

    /// <summary>A residual block, a transformer, and a residual block.</summary>
    UNetMidBlock2DCrossAttn,
}
