using RenderFarm.Diffusion.Layers;
using TorchSharp;
using static TorchSharp.torch;
using Conv2d = RenderFarm.Diffusion.Layers.Conv2d;

namespace RenderFarm.Diffusion.Autoencoders;

/// <summary>Halves height and width by a convolution with stride 2, padded by one row below and one column on the right.</summary>
internal sealed class EncoderDownsampler : nn.Module<Tensor, Tensor>
{
    private const long Kernel = 3, Stride = 2;

    [ComponentName(Name = "conv")]
    private readonly Conv2d _convolution;

    public EncoderDownsampler(long channels, Placement placement) : base(nameof(EncoderDownsampler))
    {
        _convolution = new Conv2d(channels, channels, Kernel, placement, Stride, padded: false);
        RegisterComponents();
    }

    /// <param name="input">[B, C, H, W]</param>
    /// <returns>[B, C, H/2, W/2]</returns>
    public override Tensor forward(Tensor input)
    {
        using var padded = nn.functional.pad(input, [0, 1, 0, 1]);
        return _convolution.call(padded);
    }
}
