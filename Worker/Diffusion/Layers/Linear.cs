using static TorchSharp.torch;

namespace RenderFarm.Diffusion.Layers;

/// <summary>y = x Wᵀ + b over the last dimension.</summary>
internal sealed class Linear : nn.Module<Tensor, Tensor>
{
    [ComponentName(Name = "weight")]
    private readonly Parameter _weight;

    [ComponentName(Name = "bias")]
    private readonly Parameter? _bias;

    public Linear(long input, long output, Placement placement, bool bias = true) : base(nameof(Linear))
    {
        _weight = placement.Parameter(output, input);
        _bias = bias ? placement.Parameter(output) : null;
        RegisterComponents();
    }

    /// <summary>[out, in].</summary>
    public Tensor Weight => _weight;

    /// <summary>[out], or null.</summary>
    public Tensor? Bias => _bias;

    public override Tensor forward(Tensor input) => nn.functional.linear(input, _weight, _bias);
}
