using RenderFarm.Diffusion.Networks.Configuration;
using TorchSharp;
using static TorchSharp.torch;

namespace RenderFarm.Diffusion.Kernels;

/// <summary>
/// Group normalisation, modulation and activation of a map on the CPU, computed by <see cref="NormKernel{TElement}"/>: two passes over memory
/// where libtorch's operations take four to seven, and no conversion to float32 and back.
/// </summary>
internal static unsafe class FusedNorm
{
    /// <summary>Whether the kernels can take this map.</summary>
    public static bool Supports(Tensor map) =>
        map.device_type == DeviceType.CPU && map.dtype is ScalarType.Float32 or ScalarType.BFloat16 && map.dim() == 4 && map.shape[1] % NormShape.Lanes == 0;

    /// <param name="map">[B, HW, C], contiguous</param>
    /// <param name="groups">how many the channels are normalised in</param>
    /// <param name="epsilon">added to the variance</param>
    /// <param name="weight">[C]</param>
    /// <param name="bias">[C]</param>
    /// <param name="modulation">[B, 2C] or null</param>
    /// <param name="function">the activation or null</param>
    /// <param name="result">as the map, written</param>
    /// <returns>What the way back needs.</returns>
    public static NormCoefficients Forward(
        Tensor map, long groups, double epsilon, Tensor weight, Tensor bias, Tensor? modulation, ActivationFunction? function, Tensor result)
    {
        var shape = Shape(map, groups);
        var coefficients = new NormCoefficients(shape, Floats(weight), Floats(bias), modulation is null ? null : Floats(modulation));
        var sums = new float[2 * shape.Items * shape.Channels];
        var pivots = Floats(map, 1);
        byte* input = TensorMemory.Of(map), output = TensorMemory.Of(result);
        if (map.dtype == ScalarType.BFloat16) Forward<BFloat16Element>(input, output, shape, coefficients, sums, pivots, epsilon, function);
        else Forward<Float32Element>(input, output, shape, coefficients, sums, pivots, epsilon, function);
        GC.KeepAlive(map);
        GC.KeepAlive(result);
        return coefficients;
    }

    /// <param name="map">as given to <see cref="Forward"/></param>
    /// <param name="groups">as there</param>
    /// <param name="coefficients">as returned there</param>
    /// <param name="function">as given there</param>
    /// <param name="gradient">of the result, contiguous</param>
    /// <param name="result">of the map, written</param>
    public static NormGradients Backward(Tensor map, long groups, NormCoefficients coefficients, ActivationFunction? function, Tensor gradient, Tensor result)
    {
        var shape = Shape(map, groups);
        byte* input = TensorMemory.Of(map), incoming = TensorMemory.Of(gradient), outgoing = TensorMemory.Of(result);
        var gradients = map.dtype == ScalarType.BFloat16
            ? Backward<BFloat16Element>(input, incoming, outgoing, shape, coefficients, function)
            : Backward<Float32Element>(input, incoming, outgoing, shape, coefficients, function);
        GC.KeepAlive(map);
        GC.KeepAlive(gradient);
        GC.KeepAlive(result);
        return gradients;
    }

    private static void Forward<TElement>(
        byte* x, byte* y, NormShape shape, NormCoefficients coefficients, float[] sums, float[] pivots, double epsilon, ActivationFunction? function)
        where TElement : IElement
    {
        NormKernel<TElement>.Moments(x, shape, sums);
        coefficients.Finish(sums, pivots, epsilon);
        switch (function)
        {
            case null: NormKernel<TElement>.Apply<VectorIdentity>(x, y, shape, coefficients.Scale, coefficients.Offset); break;
            case ActivationFunction.Gelu: NormKernel<TElement>.Apply<VectorGelu>(x, y, shape, coefficients.Scale, coefficients.Offset); break;
            case ActivationFunction.Silu: NormKernel<TElement>.Apply<VectorSilu>(x, y, shape, coefficients.Scale, coefficients.Offset); break;
            default: throw new ArgumentOutOfRangeException(nameof(function), function, "no such activation function");
        }
    }

    private static NormGradients Backward<TElement>(
        byte* x, byte* dy, byte* dx, NormShape shape, NormCoefficients coefficients, ActivationFunction? function)
        where TElement : IElement
    {
        var sums = new float[2 * shape.Items * shape.Channels];
        var (a, b, mean) = (coefficients.Scale, coefficients.Offset, coefficients.Mean);
        switch (function)
        {
            case null: NormKernel<TElement>.Backward<VectorIdentity>(x, dy, dx, shape, a, b, mean, sums); break;
            case ActivationFunction.Gelu: NormKernel<TElement>.Backward<VectorGelu>(x, dy, dx, shape, a, b, mean, sums); break;
            case ActivationFunction.Silu: NormKernel<TElement>.Backward<VectorSilu>(x, dy, dx, shape, a, b, mean, sums); break;
            default: throw new ArgumentOutOfRangeException(nameof(function), function, "no such activation function");
        }

        var gradients = coefficients.Gradients(sums);
        NormKernel<TElement>.Combine(x, dx, shape, a, gradients.Slope, gradients.Offset);
        return gradients;
    }

    private static NormShape Shape(Tensor map, long groups) => new((int)map.shape[0], (int)map.shape[1], (int)map.shape[2], (int)groups);

    private static float[] Floats(Tensor values)
    {
        using var scope = NewDisposeScope();
        return values.detach().to(ScalarType.Float32).contiguous().data<float>().ToArray();
    }

    /// <summary>The values of each picture's first places.</summary>
    private static float[] Floats(Tensor map, long places)
    {
        using var scope = NewDisposeScope();
        return Floats(map.narrow(1, 0, places));
    }
}
