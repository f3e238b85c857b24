using RenderFarm.Diffusion.Networks.Blocks;

namespace RenderFarm.Diffusion.Networks.Configuration;

/// <summary>The kind of a level on the way down, by diffusers' names.</summary>
public enum DownBlockType
{
    /// <summary>Residual blocks; the last one halves the size.</summary>
    ResnetDownsampleBlock2D,

    /// <summary>The same, with attention after each but the halving one.</summary>
    SimpleCrossAttnDownBlock2D,

    /// <summary>Residual blocks, then a convolution with stride 2.</summary>
    DownBlock2D,

    /// <summary>The same, with a transformer after each residual block.</summary>
    CrossAttnDownBlock2D,
}
