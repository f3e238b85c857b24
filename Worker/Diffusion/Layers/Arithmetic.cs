using TorchSharp;
using static TorchSharp.torch;

namespace RenderFarm.Diffusion.Layers;

/// <summary>
/// Tensors with plain numbers, and sums of tensors. TorchSharp 0.107 turns each number (and the factor 1 hidden in a sum) into a Scalar, hands the
/// native call its bare address and then forgets it: a collection that another thread starts may free it while the call still reads it. Here each
/// Scalar is held until the call is over and freed at once, so that none is left to the finalizer either.
/// </summary>
internal static class Arithmetic
{
    private static readonly Scalar Zero = 0L.ToScalar();
    private static readonly Scalar One = 1L.ToScalar();
    private static readonly Scalar Two = 2L.ToScalar();

    /// <summary>left + right.</summary>
    public static Tensor Plus(this Tensor left, Tensor right) => left.add(right, One);

    /// <summary>left + number.</summary>
    public static Tensor Plus(this Tensor left, double number)
    {
        using var held = number.ToScalar();
        return left.add(held, One);
    }

    /// <summary>left + number, in integers.</summary>
    public static Tensor Plus(this Tensor left, long number)
    {
        using var held = number.ToScalar();
        return left.add(held, One);
    }

    /// <summary>left becomes left + number.</summary>
    public static Tensor PlusInPlace(this Tensor left, double number)
    {
        using var held = number.ToScalar();
        return left.add_(held, One);
    }

    /// <summary>left becomes left + factor · right.</summary>
    public static Tensor PlusInPlace(this Tensor left, Tensor right, double factor)
    {
        using var held = factor.ToScalar();
        return left.add_(right, held);
    }

    /// <summary>left + first · second.</summary>
    public static Tensor PlusProduct(this Tensor left, Tensor first, Tensor second) => left.addcmul(first, second, One);

    /// <summary>left becomes left + first · second.</summary>
    public static Tensor PlusProductInPlace(this Tensor left, Tensor first, Tensor second) => left.addcmul_(first, second, One);

    /// <summary>left · number.</summary>
    public static Tensor Times(this Tensor left, double number)
    {
        using var held = number.ToScalar();
        return left.mul(held);
    }

    /// <summary>left · number, in integers.</summary>
    public static Tensor Times(this Tensor left, long number)
    {
        using var held = number.ToScalar();
        return left.mul(held);
    }

    /// <summary>left becomes left · number.</summary>
    public static Tensor TimesInPlace(this Tensor left, double number)
    {
        using var held = number.ToScalar();
        return left.mul_(held);
    }

    /// <summary>left / number.</summary>
    public static Tensor Over(this Tensor left, double number)
    {
        using var held = number.ToScalar();
        return left.div(held);
    }

    /// <summary>left².</summary>
    public static Tensor Squared(this Tensor left) => left.pow(Two);

    /// <summary>left, held between two numbers.</summary>
    public static Tensor Between(this Tensor left, double least, double most)
    {
        using var heldLeast = least.ToScalar();
        using var heldMost = most.ToScalar();
        return left.clamp(heldLeast, heldMost);
    }

    /// <summary>left becomes left, held between two numbers.</summary>
    public static Tensor BetweenInPlace(this Tensor left, double least, double most)
    {
        using var heldLeast = least.ToScalar();
        using var heldMost = most.ToScalar();
        return left.clamp_(heldLeast, heldMost);
    }

    /// <summary>Integers, each at least <paramref name="least"/>.</summary>
    public static Tensor AtLeast(this Tensor left, long least)
    {
        using var held = least.ToScalar();
        return left.clamp_min(held);
    }

    /// <summary>Integers, each at most <paramref name="most"/>.</summary>
    public static Tensor AtMost(this Tensor left, long most)
    {
        using var held = most.ToScalar();
        return left.clamp_max(held);
    }

    /// <summary>Whether each integer is below <paramref name="limit"/>.</summary>
    public static Tensor IsBelow(this Tensor left, long limit)
    {
        using var held = limit.ToScalar();
        return left.lt(held);
    }

    /// <summary>Whether each number is more than zero.</summary>
    public static Tensor IsPositive(this Tensor left) => left.gt(Zero);

    /// <summary>0, 1, 2 … in <paramref name="dtype"/>, [count].</summary>
    public static Tensor Count(long count, ScalarType dtype, Device device)
    {
        using var held = count.ToScalar();
        return arange(Zero, held, One, dtype, device);
    }
}
