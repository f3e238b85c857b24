using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using static TorchSharp.torch;

namespace RenderFarm.Diffusion.Kernels;

/// <summary>
/// The exponentials of a softmax in place, in float32 arithmetic, without the division by their sum: that is cheaper done on the product with the
/// values, which is narrower, and spares a rounding.
/// </summary>
internal static unsafe class SoftmaxKernel
{
    /// <summary>x becomes e^(factor (x - the row's greatest)).</summary>
    /// <param name="scores">bfloat16 [rows…, L], contiguous, written</param>
    /// <param name="factor">more than 0</param>
    /// <returns>sum of each row, float32 [rows…, 1]</returns>
    public static Tensor Exponentials(Tensor scores, double factor)
    {
        var width = (int)scores.shape[^1];
        var rows = (int)(scores.numel() / width);
        var sums = empty([.. scores.shape[..^1], 1], ScalarType.Float32);
        var parts = CpuTeam.Threads;
        var (x, total) = ((nint)TensorMemory.Of(scores), (nint)TensorMemory.Of(sums));
        CpuTeam.Run(parts, part =>
        {
            for (var row = (long)rows * part / parts; row < (long)rows * (part + 1) / parts; row++)
                ((float*)total)[row] = Row((byte*)x + row * width * BFloat16Element.Size, width, (float)factor);
        });
        GC.KeepAlive(scores);
        return sums;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static float Row(byte* row, int width, float factor)
    {
        var whole = width / NormShape.Lanes * NormShape.Lanes;
        var last = Tail(row, whole, width);
        var greatest = last;
        for (var i = 0; i < whole; i += NormShape.Lanes) greatest = Vector512.Max(greatest, BFloat16Element.Load(row, i));
        var offset = Vector512.Create(Greatest(greatest) * -factor);
        var scale = Vector512.Create(factor);
        var sum = Vector512<float>.Zero;
        for (var i = 0; i < whole; i += NormShape.Lanes)
        {
            var value = VectorExponential.OfNegative(Vector512.FusedMultiplyAdd(BFloat16Element.Load(row, i), scale, offset));
            sum += value;
            BFloat16Element.Store(value, row, i);
        }

        if (whole == width) return Vector512.Sum(sum);
        return Vector512.Sum(sum) + StoreTail(VectorExponential.OfNegative(Vector512.FusedMultiplyAdd(last, scale, offset)), row, whole, width);
    }

    /// <summary>The numbers behind the last whole vector, filled up with -∞.</summary>
    private static Vector512<float> Tail(byte* row, int start, int end)
    {
        var numbers = stackalloc float[NormShape.Lanes];
        Vector512.Create(float.NegativeInfinity).Store(numbers);
        for (var i = start; i < end; i++) numbers[i - start] = BitConverter.UInt32BitsToSingle((uint)((ushort*)row)[i] << 16);
        return Vector512.Load(numbers);
    }

    private static float StoreTail(Vector512<float> values, byte* row, int start, int end)
    {
        var numbers = stackalloc ushort[NormShape.Lanes];
        BFloat16Element.Store(values, (byte*)numbers, 0);
        float sum = 0;
        for (var i = start; i < end; i++)
        {
            ((ushort*)row)[i] = numbers[i - start];
            sum += values[i - start];
        }

        return sum;
    }

    private static float Greatest(Vector512<float> values)
    {
        var greatest = values[0];
        for (var lane = 1; lane < NormShape.Lanes; lane++) greatest = MathF.Max(greatest, values[lane]);
        return greatest;
    }
}
