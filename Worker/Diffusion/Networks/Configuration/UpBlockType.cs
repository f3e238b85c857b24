using RenderFarm.Diffusion.Networks.Blocks;

namespace RenderFarm.Diffusion.Networks.Configuration;

/// <summary>The kind of a level on the way up, by diffusers' names.</summary>
public enum UpBlockType
{
    /// <summary>Residual blocks; the last one doubles the size.</summary>
    ResnetUpsampleBlock2D,

    /// <summary>The same, with attention after each but the doubling one.</summary>
    SimpleCrossAttnUpBlock2D,

    /// <summary>Residual blocks, then doubling and a convolution.</summary>
    UpBlock2D,

    /// <summary>The same, with a transformer after each residual block.</summary>
    CrossAttnUpBlock2D,
}
