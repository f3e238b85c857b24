using RenderFarm.Diffusion.Layers;
using RenderFarm.Diffusion.Networks.Attention;
using TorchSharp;
using static TorchSharp.torch;
using LayerNorm = RenderFarm.Diffusion.Layers.LayerNorm;

namespace RenderFarm.Diffusion.UnClip;

/// <summary>Attention and a perceptron, each on normalised tokens and added to them.</summary>
internal sealed class PriorBlock : nn.Module<Tensor, TextKeysValues?, Tensor, (Tensor Tokens, TextKeysValues Own)>
{
    public const double Epsilon = 1e-5;

    [ComponentName(Name = "norm1")]
    private readonly LayerNorm _attentionNorm;

    [ComponentName(Name = "attn1")]
    private readonly PriorAttention _attention;

    [ComponentName(Name = "norm3")]
    private readonly LayerNorm _feedForwardNorm;

    [ComponentName(Name = "ff")]
    private readonly PriorFeedForward _feedForward;

    public PriorBlock(PriorConfig config, Placement placement) : base(nameof(PriorBlock))
    {
        _attentionNorm = new LayerNorm(config.Width, Epsilon, placement);
        _attention = new PriorAttention(config, placement);
        _feedForwardNorm = new LayerNorm(config.Width, Epsilon, placement);
        _feedForward = new PriorFeedForward(config.Width, placement);
        RegisterComponents();
    }

    /// <inheritdoc cref="PriorAttention.forward"/>
    public override (Tensor Tokens, TextKeysValues Own) forward(Tensor input, TextKeysValues? before, Tensor bias)
    {
        using var scope = NewDisposeScope();
        var (attended, own) = _attention.call(_attentionNorm.call(input), before, bias);
        var tokens = input.Plus(attended);
        tokens = tokens.Plus(_feedForward.call(_feedForwardNorm.call(tokens)));
        return (tokens.MoveToOuterDisposeScope(), new TextKeysValues(own.Keys.MoveToOuterDisposeScope(), own.Values.MoveToOuterDisposeScope()));
    }
}
