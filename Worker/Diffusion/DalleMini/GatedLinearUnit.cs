using RenderFarm.Diffusion.Layers;
using static TorchSharp.torch;
using LayerNorm = RenderFarm.Diffusion.Layers.LayerNorm;
using Linear = RenderFarm.Diffusion.Layers.Linear;

namespace RenderFarm.Diffusion.DalleMini;

/// <summary>Dense_2(norm(gelu(Dense_0 y) · Dense_1 y)) with y = norm(x) (Shazeer 2020, with NormFormer's inner norm; dalle-mini, GLU). GELU is the exact one.</summary>
internal sealed class GatedLinearUnit : nn.Module<Tensor, Tensor>
{
    [ComponentName(Name = "LayerNorm_0")]
    private readonly LayerNorm _inputNorm;

    [ComponentName(Name = "Dense_0")]
    private readonly Linear _gate;

    [ComponentName(Name = "Dense_1")]
    private readonly Linear _value;

    [ComponentName(Name = "LayerNorm_1")]
    private readonly LayerNorm _innerNorm;

    [ComponentName(Name = "Dense_2")]
    private readonly Linear _output;

    /// <param name="config">Its width is used.</param>
    /// <param name="inner">Width between the dense layers.</param>
    /// <param name="placement">Where the weights live.</param>
    public GatedLinearUnit(DalleBartConfig config, long inner, Placement placement) : base(nameof(GatedLinearUnit))
    {
        _inputNorm = new LayerNorm(config.DModel, DalleBart.Epsilon, placement, scale: config.ForceLnScale);
        _gate = new Linear(config.DModel, inner, placement, bias: false);
        _value = new Linear(config.DModel, inner, placement, bias: false);
        _innerNorm = new LayerNorm(inner, DalleBart.Epsilon, placement, scale: config.ForceLnScale);
        _output = new Linear(inner, config.DModel, placement, bias: false);
        RegisterComponents();
    }

    /// <param name="input">[…, D]</param>
    /// <returns>[…, D]</returns>
    public override Tensor forward(Tensor input)
    {
        using var scope = NewDisposeScope();
        var normed = _inputNorm.forward(input);
        var gated = nn.functional.gelu(_gate.forward(normed)).mul_(_value.forward(normed)); // […, inner]
        return _output.forward(_innerNorm.forward(gated)).MoveToOuterDisposeScope();
    }
}
