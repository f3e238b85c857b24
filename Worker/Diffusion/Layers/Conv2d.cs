using static TorchSharp.torch;

namespace RenderFarm.Diffusion.Layers;

/// <summary>A square convolution with bias, padded all round so that with stride 1 it keeps height and width, or not padded.</summary>
internal sealed class Conv2d : nn.Module<Tensor, Tensor>
{
    private readonly long _stride;
    private readonly long _padding;

    [ComponentName(Name = "weight")]
    private readonly Parameter _weight;

    [ComponentName(Name = "bias")]
    private readonly Parameter _bias;

    public Conv2d(long input, long output, long kernel, Placement placement, long stride = 1, bool padded = true) : base(nameof(Conv2d))
    {
        if (kernel % 2 == 0) throw new ArgumentException($"kernel is {kernel}; a convolution that keeps the size needs an odd one.", nameof(kernel));
        (_stride, _padding) = (stride, padded ? kernel / 2 : 0);
        _weight = placement.Kernel(output, input, kernel, kernel);
        _bias = placement.Parameter(output);
        RegisterComponents();
    }

    /// <summary>[out, in, kernel, kernel].</summary>
    public Tensor Weight => _weight;

    /// <summary>[out].</summary>
    public Tensor Bias => _bias;

    /// <param name="input">[B, in, H, W]</param>
    /// <returns>[B, out, H', W']: H and W divided by the stride, where padded</returns>
    public override Tensor forward(Tensor input) =>
        nn.functional.conv2d(input, _weight, _bias, strides: [_stride, _stride], padding: [_padding, _padding]);
}
