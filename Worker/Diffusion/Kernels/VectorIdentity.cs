using System.Runtime.Intrinsics;

namespace RenderFarm.Diffusion.Kernels;

/// <summary>No activation.</summary>
internal readonly struct VectorIdentity : IVectorActivation
{
    public static Vector512<float> Value(Vector512<float> x) => x;

    public static Vector512<float> Slope(Vector512<float> x) => Vector512<float>.One;
}
