using RenderFarm.Diffusion.Layers;
using TorchSharp;
using static TorchSharp.torch;
using Linear = RenderFarm.Diffusion.Layers.Linear;

namespace RenderFarm.Diffusion.UnClip;

/// <summary>gelu(x Wᵀ + b), by the error function.</summary>
internal sealed class GeluProjection : nn.Module<Tensor, Tensor>
{
    [ComponentName(Name = "proj")]
    private readonly Linear _projection;

    public GeluProjection(long width, long inner, Placement placement) : base(nameof(GeluProjection))
    {
        _projection = new Linear(width, inner, placement);
        RegisterComponents();
    }

    /// <param name="input">[…, W]</param>
    /// <returns>[…, inner]</returns>
    public override Tensor forward(Tensor input)
    {
        using var projected = _projection.call(input);
        return nn.functional.gelu(projected);
    }
}
