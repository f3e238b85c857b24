using RenderFarm.Diffusion.Layers;
using static TorchSharp.torch;

namespace RenderFarm.Diffusion.Text;

/// <summary>x + feed-forward(norm(x)).</summary>
internal sealed class T5FeedForwardLayer : nn.Module<Tensor, Tensor>
{
    [ComponentName(Name = "DenseReluDense")]
    private readonly T5GatedFeedForward _feedForward;

    [ComponentName(Name = "layer_norm")]
    private readonly RmsNorm _norm;

    public T5FeedForwardLayer(T5Config config, Placement placement) : base(nameof(T5FeedForwardLayer))
    {
        _feedForward = new T5GatedFeedForward(config, placement);
        _norm = new RmsNorm(config.DModel, config.LayerNormEpsilon, placement);
        RegisterComponents();
    }

    /// <param name="input">[B, L, D]</param>
    /// <returns>[B, L, D]; float32 if the weights are float16, so that the residual does not overflow</returns>
    public override Tensor forward(Tensor input)
    {
        using var scope = NewDisposeScope();
        return input.Plus(_feedForward.forward(_norm.forward(input))).MoveToOuterDisposeScope();
    }
}
