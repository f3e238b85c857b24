using static TorchSharp.torch;

namespace RenderFarm.Diffusion.Networks.Blocks;

/// <summary>A part that may double height and width before a convolution.</summary>
internal interface IUpsampling
{
    /// <summary>Of <see cref="UpsamplingConvolution.Sums"/>, where the part uses that; null where it does not, or not on its device.</summary>
    Tensor? UpsamplingSums();
}
