using RenderFarm.Diffusion.Layers;
using RenderFarm.Diffusion.Networks.Blocks;
using RenderFarm.Diffusion.Networks.Configuration;
using TorchSharp;
using static TorchSharp.torch;
using LayerNorm = RenderFarm.Diffusion.Layers.LayerNorm;

namespace RenderFarm.Diffusion.Networks.Attention;

/// <summary>Attention of the tokens to each other (or to the text), to the text, and a perceptron, each on normalised tokens and added to them.</summary>
internal sealed class BasicTransformerBlock : FeatureModule
{
    private const double Epsilon = 1e-5;

    [ComponentName(Name = "norm1")]
    private readonly LayerNorm _firstNorm;

    [ComponentName(Name = "attn1")]
    private readonly TransformerAttention _firstAttention;

    [ComponentName(Name = "norm2")]
    private readonly LayerNorm _textNorm;

    [ComponentName(Name = "attn2")]
    private readonly TransformerAttention _textAttention;

    [ComponentName(Name = "norm3")]
    private readonly LayerNorm _lastNorm;

    [ComponentName(Name = "ff")]
    private readonly TransformerFeedForward _feedForward;

    public BasicTransformerBlock(UNetConfig config, int channels, int heads, bool onlyCrossAttention, Placement placement) : base(nameof(BasicTransformerBlock))
    {
        _firstNorm = new LayerNorm(channels, Epsilon, placement);
        _firstAttention = new TransformerAttention(config, channels, heads, seesText: onlyCrossAttention, placement);
        _textNorm = new LayerNorm(channels, Epsilon, placement);
        _textAttention = new TransformerAttention(config, channels, heads, seesText: true, placement);
        _lastNorm = new LayerNorm(channels, Epsilon, placement);
        _feedForward = new TransformerFeedForward(channels, placement);
        RegisterComponents();
    }

    /// <param name="input">tokens [B, HW, C]</param>
    /// <param name="conditions">what the layers are told</param>
    /// <returns>[B, HW, C]</returns>
    public override Tensor forward(Tensor input, Conditions conditions)
    {
        using var scope = NewDisposeScope();
        var tokens = Added(input, normed => _firstAttention.call(normed, conditions), _firstNorm);
        tokens = Added(tokens, normed => _textAttention.call(normed, conditions), _textNorm);
        return Added(tokens, _feedForward.call, _lastNorm).MoveToOuterDisposeScope();
    }

    /// <returns>tokens + layer(norm(tokens)), [B, HW, C]</returns>
    private static Tensor Added(Tensor tokens, Func<Tensor, Tensor> layer, LayerNorm norm)
    {
        using var scope = NewDisposeScope();
        return tokens.Plus(layer(norm.call(tokens))).MoveToOuterDisposeScope();
    }
}
