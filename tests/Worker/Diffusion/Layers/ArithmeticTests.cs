using System.Reflection;
using RenderFarm.Diffusion.Layers;
using TorchSharp;
using Xunit;
using static TorchSharp.torch;

namespace RenderFarm.Diffusion.Tests.Layers;

public sealed class ArithmeticTests
{
    /// <summary>
    /// The fault cannot be provoked reliably (a collection has to fall into the microseconds of a native call), but its cause can be read in the compiled
    /// code: a Scalar that a method makes, or has TorchSharp make, and does not dispose.
    /// </summary>
    [Fact]
    public void Library_NumbersInTensorArithmetic_AreHeldUntilTheNativeCallIsOver()
    {
        var forgetful = Forgetful(typeof(Scalar).Assembly);
        Assert.Contains(forgetful, method => method.Name == nameof(Tensor.add_) && method.DeclaringType == typeof(Tensor));

        var found = MethodCalls.Of(typeof(Arithmetic).Assembly)
            // Scalars in static fields live as long as the process.
            .Where(caller => caller.Key.Name != ConstructorInfo.TypeConstructorName)
            .SelectMany(caller => caller.Value.Where(called => forgetful.Contains(called) || (MakesScalar(called) && !caller.Value.Any(Disposes)))
                .Select(called => $"{caller.Key.DeclaringType}.{caller.Key.Name} calls {called.DeclaringType!.Name}.{called}"));

        Assert.Empty(found);
    }

    [Fact]
    public void Arithmetic_EveryOperation_GivesWhatTorchSharpsOwnGives()
    {
        using var scope = NewDisposeScope();
        var (x, y) = (tensor(new float[] { -2, 0.5f, 3 }), tensor(new float[] { 1, 10, 100 }));
        var whole = tensor(new long[] { -2, 0, 3 });

        TensorAssert.Equal(x + y, x.Plus(y));
        TensorAssert.Equal(x + 0.1, x.Plus(0.1));
        TensorAssert.Equal(x + 0.1, x.clone().PlusInPlace(0.1));
        TensorAssert.Equal(x.clone().add_(y, 0.3), x.clone().PlusInPlace(y, 0.3));
        TensorAssert.Equal(x.addcmul(y, y, 1), x.PlusProduct(y, y));
        TensorAssert.Equal(x.addcmul(y, y, 1), x.clone().PlusProductInPlace(y, y));
        TensorAssert.Equal(x * 0.3, x.Times(0.3));
        TensorAssert.Equal(x * 0.3, x.clone().TimesInPlace(0.3));
        TensorAssert.Equal(x / 0.3, x.Over(0.3));
        TensorAssert.Equal(x.square(), x.Squared());
        TensorAssert.Equal(x.clamp(-1, 1), x.Between(-1, 1));
        TensorAssert.Equal(x.clamp(-1, 1), x.clone().BetweenInPlace(-1, 1));
        TensorAssert.Equal(whole + 4L, whole.Plus(4L));
        TensorAssert.Equal(whole * 4L, whole.Times(4L));
        TensorAssert.Equal(whole.clamp_min(1), whole.AtLeast(1));
        TensorAssert.Equal(whole.clamp_max(1), whole.AtMost(1));
        TensorAssert.Equal(whole.lt(3), whole.IsBelow(3));
        TensorAssert.Equal(whole.gt(0), whole.IsPositive());
        TensorAssert.Equal(arange(4, ScalarType.Float32, CPU), Arithmetic.Count(4, ScalarType.Float32, CPU));
    }

    /// <summary>Methods that make a Scalar and leave it to the finalizer, and those that call them.</summary>
    private static HashSet<MethodBase> Forgetful(Assembly assembly)
    {
        var calls = MethodCalls.Of(assembly);
        var forgetful = calls.Where(caller => !IsScalars(caller.Key) && caller.Value.Any(MakesScalar) && !caller.Value.Any(Disposes)).Select(caller => caller.Key).ToHashSet();
        while (true)
        {
            var more = calls.Where(caller => !forgetful.Contains(caller.Key) && caller.Value.Any(forgetful.Contains)).Select(caller => caller.Key).ToList();
            if (more.Count == 0) return forgetful;
            forgetful.UnionWith(more);
        }
    }

    private static bool IsScalars(MethodBase method) => method.DeclaringType == typeof(Scalar) || method.DeclaringType == typeof(ScalarExtensionMethods);

    private static bool MakesScalar(MethodBase method) => IsScalars(method) && (method as MethodInfo)?.ReturnType == typeof(Scalar);

    private static bool Disposes(MethodBase method) =>
        method.Name == nameof(IDisposable.Dispose) && (method.DeclaringType == typeof(Scalar) || method.DeclaringType == typeof(IDisposable));
}
