using RenderFarm.Diffusion.Layers;
using RenderFarm.Diffusion.Networks.Blocks;
using TorchSharp;
using static TorchSharp.torch;
using Conv2d = RenderFarm.Diffusion.Layers.Conv2d;

namespace RenderFarm.Diffusion.Autoencoders;

/// <summary>Doubles height and width by repeating, then convolves.</summary>
internal sealed class DecoderUpsampler : nn.Module<Tensor, Tensor>
{
    private const long Kernel = 3;

    [ComponentName(Name = "conv")]
    private readonly Conv2d _convolution;

    public DecoderUpsampler(long channels, Placement placement) : base(nameof(DecoderUpsampler))
    {
        _convolution = new Conv2d(channels, channels, Kernel, placement);
        RegisterComponents();
    }

    /// <param name="input">[B, C, H, W]</param>
    /// <returns>[B, C, 2H, 2W]</returns>
    public override Tensor forward(Tensor input)
    {
        using var scope = NewDisposeScope();
        var result = _convolution.Weight.device_type == DeviceType.CPU
            ? UpsamplingConvolution.Apply(input, UpsamplingConvolution.Sums(_convolution.Weight), _convolution.Bias)
            : _convolution.call(Features.Resample(input, Resampling.Up));
        return result.MoveToOuterDisposeScope();
    }
}
