using RenderFarm.Diffusion.Layers;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;
using Linear = RenderFarm.Diffusion.Layers.Linear;

namespace RenderFarm.Diffusion.UnClip;

/// <summary>The perceptron of the prior's blocks: four times wider inside.</summary>
internal sealed class PriorFeedForward : nn.Module<Tensor, Tensor>
{
    private const int Expansion = 4;

    // diffusers' list has dropout between the two, which has no weights and does nothing when sampling.
    [ComponentName(Name = "net")]
    private readonly ModuleList<nn.Module<Tensor, Tensor>> _layers;

    public PriorFeedForward(int width, Placement placement) : base(nameof(PriorFeedForward))
    {
        var inner = Expansion * width;
        _layers = new ModuleList<nn.Module<Tensor, Tensor>>(new GeluProjection(width, inner, placement), nn.Identity(), new Linear(inner, width, placement));
        RegisterComponents();
    }

    /// <param name="input">[B, T, W]</param>
    /// <returns>[B, T, W]</returns>
    public override Tensor forward(Tensor input)
    {
        using var wide = _layers[0].call(input);
        return _layers[2].call(wide);
    }
}
