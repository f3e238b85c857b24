using RenderFarm.Diffusion.Layers;
using RenderFarm.Diffusion.Networks;
using static TorchSharp.torch;

namespace RenderFarm.Diffusion.DalleMini;

/// <summary>Every place doubled in both directions, then a 3x3 convolution (vqgan-jax, Upsample).</summary>
internal sealed class VqganUpsampling : nn.Module<Tensor, Tensor>
{
    [ComponentName(Name = "conv")]
    private readonly Conv2d _convolution;

    public VqganUpsampling(long channels, Placement placement) : base(nameof(VqganUpsampling))
    {
        _convolution = new Conv2d(channels, channels, 3, placement);
        RegisterComponents();
    }

    /// <param name="input">[B, C, H, W]</param>
    /// <returns>[B, C, 2H, 2W]</returns>
    public override Tensor forward(Tensor input)
    {
        using var doubled = Features.Resample(input, Resampling.Up);
        return _convolution.forward(doubled);
    }
}
