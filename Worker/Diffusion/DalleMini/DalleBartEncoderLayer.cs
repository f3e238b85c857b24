using RenderFarm.Diffusion.Layers;
using static TorchSharp.torch;
using LayerNorm = RenderFarm.Diffusion.Layers.LayerNorm;

namespace RenderFarm.Diffusion.DalleMini;

/// <summary>x + norm(attention(norm(x))), then x + GLU(x) (NormFormer, Shleifer et al. 2021; dalle-mini, FlaxBartEncoderLayer).</summary>
internal sealed class DalleBartEncoderLayer : nn.Module<Tensor, Tensor, Tensor>
{
    [ComponentName(Name = "LayerNorm_0")]
    private readonly LayerNorm _inputNorm;

    [ComponentName(Name = "FlaxBartAttention_0")]
    private readonly DalleBartAttention _attention;

    [ComponentName(Name = "LayerNorm_1")]
    private readonly LayerNorm _attendedNorm;

    [ComponentName(Name = "GLU_0")]
    private readonly GatedLinearUnit _feedForward;

    public DalleBartEncoderLayer(DalleBartConfig config, Placement placement) : base(nameof(DalleBartEncoderLayer))
    {
        _inputNorm = new LayerNorm(config.DModel, DalleBart.Epsilon, placement, scale: config.ForceLnScale);
        _attention = new DalleBartAttention(config.DModel, config.EncoderAttentionHeads, placement);
        _attendedNorm = new LayerNorm(config.DModel, DalleBart.Epsilon, placement);
        _feedForward = new GatedLinearUnit(config, config.EncoderFfnDim, placement);
        RegisterComponents();
    }

    /// <param name="input">[B, L, D]</param>
    /// <param name="bias">[B, 1, 1, L]</param>
    /// <returns>[B, L, D]</returns>
    public override Tensor forward(Tensor input, Tensor bias)
    {
        using var scope = NewDisposeScope();
        var normed = _inputNorm.forward(input);
        var states = input.Plus(_attendedNorm.forward(_attention.forward(normed, _attention.Project(normed), bias)));
        return states.Plus(_feedForward.forward(states)).MoveToOuterDisposeScope();
    }
}
