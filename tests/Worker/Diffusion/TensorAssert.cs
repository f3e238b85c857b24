using TorchSharp;
using Xunit;
using static TorchSharp.torch;

namespace RenderFarm.Diffusion.Tests;

/// <summary>Compares whole tensors.</summary>
internal static class TensorAssert
{
    /// <summary>Same shape, dtype and bits (NaN equals nothing).</summary>
    public static void Equal(Tensor expected, Tensor actual)
    {
        using var scope = NewDisposeScope();
        Assert.Equal(expected.shape, actual.shape);
        Assert.Equal(expected.dtype, actual.dtype);
        if (expected.eq(actual).all().item<bool>()) return;
        Assert.Fail($"largest difference {(expected.to(ScalarType.Float64) - actual.to(ScalarType.Float64)).abs().max().item<double>()}");
    }

    /// <summary>Same shape, and the norm of the difference is at most <paramref name="tolerance"/> of the expected tensor's norm.</summary>
    public static void Close(Tensor expected, Tensor actual, double tolerance)
    {
        Assert.Equal(expected.shape, actual.shape);
        var error = RelativeError(expected, actual);
        TestContext.Current.TestOutputHelper?.WriteLine($"relative error {error:g3}, allowed {tolerance:g3}");
        Assert.True(error <= tolerance, $"relative error {error:g3}, allowed {tolerance:g3}");
    }

    /// <summary>‖actual - expected‖ / ‖expected‖.</summary>
    public static double RelativeError(Tensor expected, Tensor actual)
    {
        using var scope = NewDisposeScope();
        var (wanted, got) = (expected.detach().to(ScalarType.Float64), actual.detach().to(ScalarType.Float64));
        return ((got - wanted).norm() / wanted.norm()).item<double>();
    }
}
