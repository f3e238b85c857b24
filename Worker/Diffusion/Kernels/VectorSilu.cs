using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace RenderFarm.Diffusion.Kernels;

/// <summary>x σ(x), and σ(x) (1 + x (1 - σ(x))).</summary>
internal readonly struct VectorSilu : IVectorActivation
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> Value(Vector512<float> x) => x * Sigmoid(x);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> Slope(Vector512<float> x)
    {
        var sigmoid = Sigmoid(x);
        return sigmoid * Vector512.FusedMultiplyAdd(x, Vector512<float>.One - sigmoid, Vector512<float>.One);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<float> Sigmoid(Vector512<float> x)
    {
        var decay = VectorExponential.OfNegative(-Vector512.Abs(x));
        var positive = Vector512<float>.One / (Vector512<float>.One + decay);
        return Vector512.ConditionalSelect(Vector512.LessThan(x, Vector512<float>.Zero), decay * positive, positive);
    }
}
