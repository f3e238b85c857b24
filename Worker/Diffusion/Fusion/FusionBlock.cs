using RenderFarm.Diffusion.Layers;
using RenderFarm.Diffusion.Text;
using TorchSharp;
using static TorchSharp.torch;
using LayerNorm = RenderFarm.Diffusion.Layers.LayerNorm;

namespace RenderFarm.Diffusion.Fusion;

/// <summary>A decoder layer (Vaswani et al. 2017) with norms first: self-attention, attention to the picture, perceptron.</summary>
internal sealed class FusionBlock : nn.Module<Tensor, Tensor, Tensor, Tensor>
{
    [ComponentName(Name = "norm1")]
    private readonly LayerNorm _selfNorm;

    [ComponentName(Name = "self_attn")]
    private readonly FusionAttention _self;

    [ComponentName(Name = "norm2")]
    private readonly LayerNorm _crossNorm;

    [ComponentName(Name = "cross_attn")]
    private readonly FusionAttention _cross;

    [ComponentName(Name = "norm3")]
    private readonly LayerNorm _feedForwardNorm;

    [ComponentName(Name = "mlp")]
    private readonly ClipFeedForward _feedForward;

    public FusionBlock(FusionConfig config, Placement placement) : base(nameof(FusionBlock))
    {
        LayerNorm Norm() => new(config.HiddenSize, config.LayerNormEps, placement);
        (_selfNorm, _crossNorm, _feedForwardNorm) = (Norm(), Norm(), Norm());
        _self = new FusionAttention(config, config.HiddenSize, placement);
        _cross = new FusionAttention(config, config.ImageWidth, placement);
        _feedForward = new ClipFeedForward(config, placement);
        RegisterComponents();
    }

    /// <param name="input">Text states, then slots, [B, L + G, D]</param>
    /// <param name="image">[B, S, image width]</param>
    /// <param name="bias">Least for padding, else 0, [B, 1, 1, L + G]</param>
    /// <returns>[B, L + G, D]</returns>
    public override Tensor forward(Tensor input, Tensor image, Tensor bias)
    {
        using var scope = NewDisposeScope();
        var normed = _selfNorm.call(input);
        var states = input.Plus(_self.call(normed, normed, bias));
        states = states.Plus(_cross.call(_crossNorm.call(states), image, null));
        return states.Plus(_feedForward.call(_feedForwardNorm.call(states))).MoveToOuterDisposeScope();
    }
}
