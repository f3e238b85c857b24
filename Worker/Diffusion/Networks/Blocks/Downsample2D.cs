using RenderFarm.Diffusion.Layers;
using TorchSharp;
using static TorchSharp.torch;

namespace RenderFarm.Diffusion.Networks.Blocks;

/// <summary>Halves height and width by a convolution with stride 2.</summary>
internal sealed class Downsample2D : FeatureModule
{
    private const long Kernel = 3, Stride = 2;

    [ComponentName(Name = "conv")]
    private readonly Conv2d _convolution;

    public Downsample2D(int channels, Placement placement) : base(nameof(Downsample2D))
    {
        _convolution = new Conv2d(channels, channels, Kernel, placement, Stride);
        RegisterComponents();
    }

    /// <param name="input">[B, C, H, W]</param>
    /// <param name="conditions">not used</param>
    /// <returns>[B, C, H/2, W/2]</returns>
    public override Tensor forward(Tensor input, Conditions conditions) => _convolution.call(input);
}
