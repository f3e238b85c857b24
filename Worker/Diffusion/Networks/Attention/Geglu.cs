using RenderFarm.Diffusion.Layers;
using TorchSharp;
using static TorchSharp.torch;
using Linear = RenderFarm.Diffusion.Layers.Linear;

namespace RenderFarm.Diffusion.Networks.Attention;

/// <summary>v · gelu(g), where v and g are the halves of one projection (Shazeer 2020, "GLU variants improve transformer"); GELU by the error function.</summary>
internal sealed class Geglu : nn.Module<Tensor, Tensor>
{
    [ComponentName(Name = "proj")]
    private readonly Linear _projection;

    public Geglu(int width, int inner, Placement placement) : base(nameof(Geglu))
    {
        _projection = new Linear(width, 2 * inner, placement);
        RegisterComponents();
    }

    /// <param name="input">[B, L, D]</param>
    /// <returns>[B, L, inner]</returns>
    public override Tensor forward(Tensor input)
    {
        using var scope = NewDisposeScope();
        var halves = _projection.call(input).chunk(2, -1);
        return halves[0].mul(nn.functional.gelu(halves[1])).MoveToOuterDisposeScope();
    }
}
