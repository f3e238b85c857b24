using RenderFarm.Diffusion.Layers;
using TorchSharp;
using static TorchSharp.torch;

namespace RenderFarm.Diffusion.Networks.Attention;

/// <summary>
/// A linear map of every token. Its weight is stored as that of a linear layer or of a 1x1 convolution, which is the same map.
/// </summary>
internal sealed class TokenProjection : nn.Module<Tensor, Tensor>
{
    [ComponentName(Name = "weight")]
    private readonly Parameter _weight;

    [ComponentName(Name = "bias")]
    private readonly Parameter _bias;

    public TokenProjection(int channels, bool linear, Placement placement) : base(nameof(TokenProjection))
    {
        _weight = linear ? placement.Parameter(channels, channels) : placement.Parameter(channels, channels, 1, 1);
        _bias = placement.Parameter(channels);
        RegisterComponents();
    }

    /// <param name="input">[B, HW, C]</param>
    /// <returns>[B, HW, C]</returns>
    public override Tensor forward(Tensor input)
    {
        using var weight = _weight.flatten(1); // [C, C]
        return nn.functional.linear(input, weight, _bias);
    }
}
