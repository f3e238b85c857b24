using RenderFarm.Diffusion.Layers;
using TorchSharp;
using static TorchSharp.torch;
using LayerNorm = RenderFarm.Diffusion.Layers.LayerNorm;

namespace RenderFarm.Diffusion.Text;

/// <summary>x + attention(norm(x)), then x + perceptron(norm(x)).</summary>
internal sealed class ClipLayer : nn.Module<Tensor, Tensor>
{
    [ComponentName(Name = "layer_norm1")]
    private readonly LayerNorm _attentionNorm;

    [ComponentName(Name = "self_attn")]
    private readonly ClipAttention _attention;

    [ComponentName(Name = "layer_norm2")]
    private readonly LayerNorm _feedForwardNorm;

    [ComponentName(Name = "mlp")]
    private readonly ClipFeedForward _feedForward;

    public ClipLayer(IClipShape config, Placement placement) : base(nameof(ClipLayer))
    {
        _attentionNorm = new LayerNorm(config.HiddenSize, config.LayerNormEps, placement);
        _attention = new ClipAttention(config, placement);
        _feedForwardNorm = new LayerNorm(config.HiddenSize, config.LayerNormEps, placement);
        _feedForward = new ClipFeedForward(config, placement);
        RegisterComponents();
    }

    /// <param name="input">[B, L, D]</param>
    /// <returns>[B, L, D]</returns>
    public override Tensor forward(Tensor input)
    {
        using var scope = NewDisposeScope();
        var states = input.Plus(_attention.call(_attentionNorm.call(input)));
        return states.Plus(_feedForward.call(_feedForwardNorm.call(states))).MoveToOuterDisposeScope();
    }
}
