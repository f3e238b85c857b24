using RenderFarm.Diffusion.Layers;
using static TorchSharp.torch;
using Approximate = TorchSharp.Modules.GELU.Approximate;
using Linear = RenderFarm.Diffusion.Layers.Linear;

namespace RenderFarm.Diffusion.Text;

/// <summary>wo(gelu(wi_0 x) · wi_1 x), with the tanh approximation of GELU (Shazeer 2020, "GLU variants improve transformer").</summary>
internal sealed class T5GatedFeedForward : nn.Module<Tensor, Tensor>
{
    [ComponentName(Name = "wi_0")]
    private readonly Linear _gate;

    [ComponentName(Name = "wi_1")]
    private readonly Linear _value;

    [ComponentName(Name = "wo")]
    private readonly Linear _output;

    public T5GatedFeedForward(T5Config config, Placement placement) : base(nameof(T5GatedFeedForward))
    {
        _gate = new Linear(config.DModel, config.DFf, placement, bias: false);
        _value = new Linear(config.DModel, config.DFf, placement, bias: false);
        // Sums here exceed float16's range; transformers keeps this weight float32, and so do published float16 checkpoints.
        var wide = placement.Dtype == ScalarType.Float16 ? placement with { Dtype = ScalarType.Float32 } : placement;
        _output = new Linear(config.DFf, config.DModel, wide, bias: false);
        RegisterComponents();
    }

    /// <param name="input">[B, L, D]</param>
    /// <returns>[B, L, D] in the dtype of wo: float32 if the rest is float16</returns>
    public override Tensor forward(Tensor input)
    {
        using var scope = NewDisposeScope();
        var gated = _gate.forward(input).gelu(Approximate.tanh).mul(_value.forward(input)); // [B, L, d_ff]
        return _output.forward(gated.to(_output.Weight.dtype)).MoveToOuterDisposeScope();
    }
}
