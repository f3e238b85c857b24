using RenderFarm.Diffusion.Layers;
using TorchSharp;
using static TorchSharp.torch;

namespace RenderFarm.Diffusion.Networks.Blocks;

/// <summary>Doubles height and width by repeating, then convolves.</summary>
internal sealed class Upsample2D : FeatureModule, IUpsampling
{
    private const long Kernel = 3;

    [ComponentName(Name = "conv")]
    private readonly Conv2d _convolution;

    public Upsample2D(int channels, Placement placement) : base(nameof(Upsample2D))
    {
        _convolution = new Conv2d(channels, channels, Kernel, placement);
        RegisterComponents();
    }

    public Tensor? UpsamplingSums() => _convolution.Weight.device_type == DeviceType.CPU ? UpsamplingConvolution.Sums(_convolution.Weight) : null;

    /// <param name="input">[B, C, H, W]</param>
    /// <param name="conditions">with <see cref="UpsamplingSums"/>, where that is used</param>
    /// <returns>[B, C, 2H, 2W]</returns>
    public override Tensor forward(Tensor input, Conditions conditions)
    {
        if (conditions.For(this) is { } sums) return UpsamplingConvolution.Apply(input, sums, _convolution.Bias);
        using var doubled = Features.Resample(input, Resampling.Up);
        return _convolution.call(doubled);
    }
}
