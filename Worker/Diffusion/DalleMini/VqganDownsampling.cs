using RenderFarm.Diffusion.Layers;
using static TorchSharp.torch;

namespace RenderFarm.Diffusion.DalleMini;

/// <summary>One row of zeros below and one column at the right, then a 3x3 convolution with stride 2 (vqgan-jax, Downsample).</summary>
internal sealed class VqganDownsampling : nn.Module<Tensor, Tensor>
{
    private const int Stride = 2;

    [ComponentName(Name = "conv")]
    private readonly Conv2d _convolution;

    public VqganDownsampling(long channels, Placement placement) : base(nameof(VqganDownsampling))
    {
        _convolution = new Conv2d(channels, channels, 3, placement);
        RegisterComponents();
    }

    /// <param name="input">[B, C, H, W]</param>
    /// <returns>[B, C, H / 2, W / 2]</returns>
    public override Tensor forward(Tensor input)
    {
        using var padded = nn.functional.pad(input, [0, 1, 0, 1]);
        return nn.functional.conv2d(padded, _convolution.Weight, _convolution.Bias, strides: [Stride, Stride]);
    }
}
