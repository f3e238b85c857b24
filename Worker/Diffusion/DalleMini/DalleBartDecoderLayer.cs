using RenderFarm.Diffusion.Layers;
using static TorchSharp.torch;
using LayerNorm = RenderFarm.Diffusion.Layers.LayerNorm;

namespace RenderFarm.Diffusion.DalleMini;

/// <summary>
/// x + norm(attention to the tokens so far(norm(x))), x + norm(attention to the text(norm(x))), x + GLU(x) (dalle-mini, FlaxBartDecoderLayer); one
/// position at a time.
/// </summary>
internal sealed class DalleBartDecoderLayer : nn.Module<Tensor, LayerMemory, Tensor, Tensor>
{
    [ComponentName(Name = "LayerNorm_0")]
    private readonly LayerNorm _inputNorm;

    [ComponentName(Name = "FlaxBartAttention_0")]
    private readonly DalleBartAttention _selfAttention;

    [ComponentName(Name = "LayerNorm_1")]
    private readonly LayerNorm _attendedNorm;

    [ComponentName(Name = "LayerNorm_2")]
    private readonly LayerNorm _crossInputNorm;

    [ComponentName(Name = "FlaxBartAttention_1")]
    private readonly DalleBartAttention _crossAttention;

    [ComponentName(Name = "LayerNorm_3")]
    private readonly LayerNorm _crossAttendedNorm;

    [ComponentName(Name = "GLU_0")]
    private readonly GatedLinearUnit _feedForward;

    public DalleBartDecoderLayer(DalleBartConfig config, Placement placement) : base(nameof(DalleBartDecoderLayer))
    {
        _inputNorm = new LayerNorm(config.DModel, DalleBart.Epsilon, placement, scale: config.ForceLnScale);
        _selfAttention = new DalleBartAttention(config.DModel, config.DecoderAttentionHeads, placement);
        _attendedNorm = new LayerNorm(config.DModel, DalleBart.Epsilon, placement);
        _crossInputNorm = new LayerNorm(config.DModel, DalleBart.Epsilon, placement, scale: config.ForceLnScale);
        _crossAttention = new DalleBartAttention(config.DModel, config.DecoderAttentionHeads, placement);
        _crossAttendedNorm = new LayerNorm(config.DModel, DalleBart.Epsilon, placement);
        _feedForward = new GatedLinearUnit(config, config.DecoderFfnDim, placement);
        RegisterComponents();
    }

    /// <param name="text">the encoder's states, [B, L, D]</param>
    /// <param name="positions">how many tokens are to come</param>
    public LayerMemory Begin(Tensor text, long positions) => new(_crossAttention.Project(text), positions);

    /// <param name="input">the newest token's state, [B, 1, D]</param>
    /// <param name="memory">of <see cref="Begin"/>; the token is added</param>
    /// <param name="bias">of the text's padding, [B, 1, 1, L]</param>
    /// <returns>[B, 1, D]</returns>
    public override Tensor forward(Tensor input, LayerMemory memory, Tensor bias)
    {
        using var scope = NewDisposeScope();
        var normed = _inputNorm.forward(input);
        var soFar = memory.Add(_selfAttention.Project(normed));
        var states = input.Plus(_attendedNorm.forward(_selfAttention.forward(normed, soFar, null)));
        states = states.Plus(_crossAttendedNorm.forward(_crossAttention.forward(_crossInputNorm.forward(states), memory.Text, bias)));
        return states.Plus(_feedForward.forward(states)).MoveToOuterDisposeScope();
    }
}
