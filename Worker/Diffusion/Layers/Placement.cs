using TorchSharp;
using static TorchSharp.torch;

namespace RenderFarm.Diffusion.Layers;

/// <summary>Where a network's parameters live, in which number format, and how its convolution weights lie in memory.</summary>
/// <param name="Device">CPU, a CUDA device, or META for a network of which only names and shapes are wanted.</param>
/// <param name="Dtype">Float32, BFloat16 or Float16.</param>
/// <param name="ChannelsLast">
/// True keeps convolution weights as [out, height, width, in] in memory (their shape stays [out, in, height, width]), which makes libtorch
/// choose its channels-last kernels.
/// </param>
public readonly record struct Placement(Device Device, ScalarType Dtype, bool ChannelsLast = true)
{
    /// <summary>Float32 on the CPU.</summary>
    public static Placement Cpu { get; } = new(torch.CPU, ScalarType.Float32);

    /// <summary>No memory at all: names and shapes only.</summary>
    public static Placement Meta { get; } = new(torch.META, ScalarType.Float32);

    /// <summary>
    /// A parameter of the given shape whose memory is reserved but not written: a checkpoint's values or an initialiser's come next.
    /// It does not require gradients; training turns them on.
    /// </summary>
    internal Parameter Parameter(params long[] shape) => new(torch.empty(shape, Dtype, Device), requires_grad: false);

    /// <summary>As <see cref="Parameter"/>, for a convolution kernel [out, in, height, width].</summary>
    internal Parameter Kernel(long output, long input, long height, long width)
    {
        if (!ChannelsLast) return Parameter(output, input, height, width);
        using var stored = torch.empty([output, height, width, input], Dtype, Device);
        return new Parameter(stored.permute(0, 3, 1, 2), requires_grad: false);
    }
}
