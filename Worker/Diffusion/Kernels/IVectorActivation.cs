using System.Runtime.Intrinsics;

namespace RenderFarm.Diffusion.Kernels;

/// <summary>A non-linearity on sixteen numbers at a time.</summary>
internal interface IVectorActivation
{
    static abstract Vector512<float> Value(Vector512<float> x);

    /// <summary>The derivative.</summary>
    static abstract Vector512<float> Slope(Vector512<float> x);
}
