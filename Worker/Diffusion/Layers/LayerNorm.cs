using static TorchSharp.torch;

namespace RenderFarm.Diffusion.Layers;

/// <summary>Layer normalisation over the last dimension, with shift and usually scale.</summary>
internal sealed class LayerNorm : nn.Module<Tensor, Tensor>
{
    private readonly long _width;
    private readonly double _epsilon;

    [ComponentName(Name = "weight")]
    private readonly Parameter? _weight;

    [ComponentName(Name = "bias")]
    private readonly Parameter _bias;

    public LayerNorm(long width, double epsilon, Placement placement, bool scale = true) : base(nameof(LayerNorm))
    {
        (_width, _epsilon) = (width, epsilon);
        _weight = scale ? placement.Parameter(width) : null;
        _bias = placement.Parameter(width);
        RegisterComponents();
    }

    /// <param name="input">[…, D]</param>
    /// <returns>[…, D]</returns>
    public override Tensor forward(Tensor input) => nn.functional.layer_norm(input, [_width], _weight, _bias, _epsilon);
}
