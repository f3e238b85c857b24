using static TorchSharp.torch;

namespace RenderFarm.Diffusion.Kernels;

/// <summary>Where a tensor's numbers lie. TorchSharp shows them as a Span only, which ends at 2 GiB; a tensor may be larger.</summary>
internal static unsafe class TensorMemory
{
    /// <param name="tensor">On the CPU, contiguous, not empty; must outlive the use of the address.</param>
    /// <returns>Address of its first number.</returns>
    public static byte* Of(Tensor tensor)
    {
        using var scope = NewDisposeScope();
        // Memory of libtorch's own, which no collection moves: the address stays right behind the fixed statement.
        fixed (byte* address = tensor.detach().view(-1).narrow(0, 0, 1).bytes) return address;
    }
}
