using RenderFarm.Diffusion.Layers;
using static TorchSharp.torch;

namespace RenderFarm.Diffusion.Text;

/// <summary>T5's layer norm: scaled to a root mean square of one, in float32; no mean is subtracted and nothing is shifted.</summary>
internal sealed class RmsNorm : nn.Module<Tensor, Tensor>
{
    private readonly double _epsilon;

    [ComponentName(Name = "weight")]
    private readonly Parameter _weight;

    public RmsNorm(long width, double epsilon, Placement placement) : base(nameof(RmsNorm))
    {
        _epsilon = epsilon;
        _weight = placement.Parameter(width);
        RegisterComponents();
    }

    /// <param name="input">[…, D]</param>
    /// <returns>[…, D] in the weight's dtype</returns>
    public override Tensor forward(Tensor input)
    {
        using var scope = NewDisposeScope();
        var exact = input.to(ScalarType.Float32);
        var scale = exact.Squared().mean([-1], keepdim: true).Plus(_epsilon).rsqrt();
        return (exact * scale).to(_weight.dtype).mul(_weight).MoveToOuterDisposeScope();
    }
}
