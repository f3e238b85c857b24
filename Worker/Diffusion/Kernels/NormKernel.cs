using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace RenderFarm.Diffusion.Kernels;

/// <summary>
/// Passes over a feature map [B, HW, C], channels last, in float32 arithmetic whatever the format in memory. A normalisation with all that
/// follows it is y = f(a x + b) with a and b per picture and channel: one pass for the moments and one for the result.
/// Compiled with all optimisation at once: what .NET compiles first, to be fast sooner, takes ten times as long, and a short run sees little else.
/// </summary>
/// <typeparam name="TElement">The format in memory.</typeparam>
internal static unsafe class NormKernel<TElement> where TElement : IElement
{
    /// <summary>
    /// Sums over the places of each item: of x - p, then of its square, with p the picture's first place, so that nothing is lost where the mean
    /// is large beside the deviation.
    /// </summary>
    /// <param name="map">[B, HW, C]</param>
    /// <param name="shape">its sizes</param>
    /// <param name="sums">[items, 2, C], zero before</param>
    public static void Moments(byte* map, NormShape shape, float[] sums)
    {
        var channels = shape.Channels;
        shape.ForEach([MethodImpl(MethodImplOptions.AggressiveOptimization)] (picture, first, end, item) =>
        {
            fixed (float* sum = &sums[2L * item * channels])
            {
                var square = sum + channels;
                var start = (long)picture * shape.Places * channels;
                for (var row = start + (long)first * channels; row < start + (long)end * channels; row += channels)
                {
                    for (var c = 0; c < channels; c += NormShape.Lanes)
                    {
                        var x = TElement.Load(map, row + c) - TElement.Load(map, start + c);
                        (Vector512.Load(sum + c) + x).Store(sum + c);
                        Vector512.FusedMultiplyAdd(x, x, Vector512.Load(square + c)).Store(square + c);
                    }
                }
            }
        });
    }

    /// <summary>y = f(a x + b).</summary>
    /// <param name="map">x [B, HW, C]</param>
    /// <param name="result">y, may be the same memory</param>
    /// <param name="shape">their sizes</param>
    /// <param name="scale">a [B, C]</param>
    /// <param name="offset">b [B, C]</param>
    public static void Apply<TActivation>(byte* map, byte* result, NormShape shape, float[] scale, float[] offset) where TActivation : IVectorActivation
    {
        var channels = shape.Channels;
        shape.ForEach([MethodImpl(MethodImplOptions.AggressiveOptimization)] (picture, first, end, _) =>
        {
            fixed (float* a = &scale[picture * channels], b = &offset[picture * channels])
            {
                var start = (long)picture * shape.Places * channels;
                for (var row = start + (long)first * channels; row < start + (long)end * channels; row += channels)
                {
                    for (var c = 0; c < channels; c += NormShape.Lanes)
                    {
                        var u = Vector512.FusedMultiplyAdd(TElement.Load(map, row + c), Vector512.Load(a + c), Vector512.Load(b + c));
                        TElement.Store(TActivation.Value(u), result, row + c);
                    }
                }
            }
        });
    }

    /// <summary>
    /// Back through the activation: du = dy f'(a x + b), and for each item the sums over its places of du, then of du (x - mean).
    /// </summary>
    /// <param name="map">x [B, HW, C]</param>
    /// <param name="gradient">dy, may be the memory of du</param>
    /// <param name="result">du</param>
    /// <param name="shape">their sizes</param>
    /// <param name="scale">a [B, C]</param>
    /// <param name="offset">b [B, C]</param>
    /// <param name="mean">[B, C], the same throughout a group</param>
    /// <param name="sums">[items, 2, C], zero before</param>
    public static void Backward<TActivation>(byte* map, byte* gradient, byte* result, NormShape shape, float[] scale, float[] offset, float[] mean, float[] sums)
        where TActivation : IVectorActivation
    {
        var channels = shape.Channels;
        shape.ForEach([MethodImpl(MethodImplOptions.AggressiveOptimization)] (picture, first, end, item) =>
        {
            fixed (float* a = &scale[picture * channels], b = &offset[picture * channels], m = &mean[picture * channels], sum = &sums[2L * item * channels])
            {
                var product = sum + channels;
                var start = (long)picture * shape.Places * channels;
                for (var row = start + (long)first * channels; row < start + (long)end * channels; row += channels)
                {
                    for (var c = 0; c < channels; c += NormShape.Lanes)
                    {
                        var x = TElement.Load(map, row + c);
                        var slope = TActivation.Slope(Vector512.FusedMultiplyAdd(x, Vector512.Load(a + c), Vector512.Load(b + c)));
                        var du = TElement.Load(gradient, row + c) * slope;
                        TElement.Store(du, result, row + c);
                        (Vector512.Load(sum + c) + du).Store(sum + c);
                        Vector512.FusedMultiplyAdd(du, x - Vector512.Load(m + c), Vector512.Load(product + c)).Store(product + c);
                    }
                }
            }
        });
    }

    /// <summary>Back through the normalisation, in place: dx = a du + p x + q.</summary>
    /// <param name="map">x [B, HW, C]</param>
    /// <param name="gradient">du before, dx after</param>
    /// <param name="shape">their sizes</param>
    /// <param name="scale">a [B, C]</param>
    /// <param name="slope">p [B, C]</param>
    /// <param name="offset">q [B, C]</param>
    public static void Combine(byte* map, byte* gradient, NormShape shape, float[] scale, float[] slope, float[] offset)
    {
        var channels = shape.Channels;
        shape.ForEach([MethodImpl(MethodImplOptions.AggressiveOptimization)] (picture, first, end, _) =>
        {
            fixed (float* a = &scale[picture * channels], p = &slope[picture * channels], q = &offset[picture * channels])
            {
                var start = (long)picture * shape.Places * channels;
                for (var row = start + (long)first * channels; row < start + (long)end * channels; row += channels)
                {
                    for (var c = 0; c < channels; c += NormShape.Lanes)
                    {
                        var rest = Vector512.FusedMultiplyAdd(TElement.Load(map, row + c), Vector512.Load(p + c), Vector512.Load(q + c));
                        TElement.Store(Vector512.FusedMultiplyAdd(TElement.Load(gradient, row + c), Vector512.Load(a + c), rest), gradient, row + c);
                    }
                }
            }
        });
    }
}
