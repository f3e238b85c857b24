using RenderFarm.Diffusion.Layers;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;
using Linear = RenderFarm.Diffusion.Layers.Linear;

namespace RenderFarm.Diffusion.Networks.Attention;

/// <summary>The perceptron of a transformer block: wider inside, gated.</summary>
internal sealed class TransformerFeedForward : nn.Module<Tensor, Tensor>
{
    /// <summary>How much wider it is inside.</summary>
    private const int Expansion = 4;

    // diffusers' list has dropout between the two, which has no weights and does nothing when sampling.
    [ComponentName(Name = "net")]
    private readonly ModuleList<nn.Module<Tensor, Tensor>> _layers;

    public TransformerFeedForward(int width, Placement placement) : base(nameof(TransformerFeedForward))
    {
        var inner = Expansion * width;
        _layers = new ModuleList<nn.Module<Tensor, Tensor>>(new Geglu(width, inner, placement), nn.Identity(), new Linear(inner, width, placement));
        RegisterComponents();
    }

    /// <param name="input">[B, L, D]</param>
    /// <returns>[B, L, D]</returns>
    public override Tensor forward(Tensor input)
    {
        using var gated = _layers[0].call(input);
        return _layers[2].call(gated);
    }
}
