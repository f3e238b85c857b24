using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace RenderFarm.Diffusion.Kernels;

/// <summary>
/// x Φ(x), and Φ(x) + x φ(x). With z = |x| / √2 and t = 1 / (1 + p z), 1 - erf(z) = (a₁ t + … + a₅ t⁵) e^(-z²) to 1.5e-7 (Abramowitz and
/// Stegun, 7.1.26); the same e^(-z²) = e^(-x²/2) gives the density φ.
/// </summary>
internal readonly struct VectorGelu : IVectorActivation
{
    private const float P = 0.3275911f;
    private const float A1 = 0.254829592f;
    private const float A2 = -0.284496736f;
    private const float A3 = 1.421413741f;
    private const float A4 = -1.453152027f;
    private const float A5 = 1.061405429f;
    private const float OneBySqrt2 = 0.70710678f;
    private const float OneBySqrtTwoPi = 0.39894228f;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> Value(Vector512<float> x) => x * Distribution(x, Bell(x));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> Slope(Vector512<float> x)
    {
        var bell = Bell(x);
        return Vector512.FusedMultiplyAdd(x * OneBySqrtTwoPi, bell, Distribution(x, bell));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<float> Bell(Vector512<float> x) => VectorExponential.OfNegative(x * x * -0.5f);

    /// <summary>Φ(x).</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<float> Distribution(Vector512<float> x, Vector512<float> bell)
    {
        var t = Vector512<float>.One / Vector512.FusedMultiplyAdd(Vector512.Abs(x), Vector512.Create(P * OneBySqrt2), Vector512<float>.One);
        var sum = Vector512.FusedMultiplyAdd(Vector512.Create(A5), t, Vector512.Create(A4));
        sum = Vector512.FusedMultiplyAdd(sum, t, Vector512.Create(A3));
        sum = Vector512.FusedMultiplyAdd(sum, t, Vector512.Create(A2));
        sum = Vector512.FusedMultiplyAdd(sum, t, Vector512.Create(A1));
        var tail = sum * t * bell * 0.5f; // 1 - Φ(|x|)
        return Vector512.ConditionalSelect(Vector512.LessThan(x, Vector512<float>.Zero), tail, Vector512<float>.One - tail);
    }
}
