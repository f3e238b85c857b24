using static TorchSharp.torch;

namespace RenderFarm.Diffusion.Layers;

/// <summary>A square convolution with bias and stride 1 that keeps height and width.</summary>
internal sealed class Conv2d : nn.Module<Tensor, Tensor>
{
    private readonly long _padding;

    [ComponentName(Name = "weight")]
    private readonly Parameter _weight;

    [ComponentName(Name = "bias")]
    private readonly Parameter _bias;

    public Conv2d(long input, long output, long kernel, Placement placement) : base(nameof(Conv2d))
    {
        if (kernel % 2 == 0) throw new ArgumentException($"kernel is {kernel}; a convolution that keeps the size needs an odd one.", nameof(kernel));
        _padding = kernel / 2;
        _weight = placement.Kernel(output, input, kernel, kernel);
        _bias = placement.Parameter(output);
        RegisterComponents();
    }

    /// <summary>[out, in, kernel, kernel].</summary>
    public Tensor Weight => _weight;

    /// <summary>[out].</summary>
    public Tensor Bias => _bias;

    /// <param name="input">[B, in, H, W]</param>
    /// <returns>[B, out, H, W]</returns>
    public override Tensor forward(Tensor input) => nn.functional.conv2d(input, _weight, _bias, padding: [_padding, _padding]);
}
