using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace RenderFarm.Diffusion.Kernels;

/// <summary>
/// e^x for x ≤ 0 as 2^n e^r with n the whole number nearest to x / ln 2: e^r by Taylor's polynomial of sixth degree, whose error for
/// |r| ≤ ln 2 / 2 is 1.2e-7 relative, and 2^n by the exponent's bits.
/// </summary>
internal static class VectorExponential
{
    private const float Least = -87f; // below, the result would be a denormal number
    private const float Log2E = 1.44269504f;
    private const float Ln2Upper = 0.693359375f; // ln 2 in two parts, so that n ln 2 is exact to float32 and beyond
    private const float Ln2Lower = -2.12194440e-4f;
    private const int ExponentBias = 127;
    private const int MantissaBits = 23;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> OfNegative(Vector512<float> x)
    {
        x = Vector512.Max(x, Vector512.Create(Least));
        var n = Vector512.Round(x * Log2E);
        var r = Vector512.FusedMultiplyAdd(n, Vector512.Create(-Ln2Upper), x);
        r = Vector512.FusedMultiplyAdd(n, Vector512.Create(-Ln2Lower), r);
        var sum = Vector512.FusedMultiplyAdd(Vector512.Create(1f / 720), r, Vector512.Create(1f / 120));
        sum = Vector512.FusedMultiplyAdd(sum, r, Vector512.Create(1f / 24));
        sum = Vector512.FusedMultiplyAdd(sum, r, Vector512.Create(1f / 6));
        sum = Vector512.FusedMultiplyAdd(sum, r, Vector512.Create(0.5f));
        sum = Vector512.FusedMultiplyAdd(sum, r, Vector512<float>.One);
        sum = Vector512.FusedMultiplyAdd(sum, r, Vector512<float>.One);
        var power = (Vector512.ConvertToInt32Native(n) + Vector512.Create(ExponentBias)) << MantissaBits;
        return sum * power.AsSingle();
    }
}
