using RenderFarm.Diffusion.Layers;
using static TorchSharp.torch;

namespace RenderFarm.Diffusion.Text;

/// <summary>x + attention(norm(x)).</summary>
internal sealed class T5SelfAttentionLayer : nn.Module<Tensor, Tensor, Tensor>
{
    [ComponentName(Name = "SelfAttention")]
    private readonly T5Attention _attention;

    [ComponentName(Name = "layer_norm")]
    private readonly RmsNorm _norm;

    public T5SelfAttentionLayer(T5Config config, bool hasRelativeBias, Placement placement) : base(nameof(T5SelfAttentionLayer))
    {
        _attention = new T5Attention(config, hasRelativeBias, placement);
        _norm = new RmsNorm(config.DModel, config.LayerNormEpsilon, placement);
        RegisterComponents();
    }

    /// <inheritdoc cref="T5Attention.PositionBias"/>
    public Tensor PositionBias(long length, Device device) => _attention.PositionBias(length, device);

    /// <param name="input">[B, L, D]</param>
    /// <param name="bias">[B, N, L, L]</param>
    /// <returns>[B, L, D]</returns>
    public override Tensor forward(Tensor input, Tensor bias)
    {
        using var scope = NewDisposeScope();
        return input.Plus(_attention.forward(_norm.forward(input), bias)).MoveToOuterDisposeScope();
    }
}
