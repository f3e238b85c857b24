using RenderFarm.Diffusion.Layers;
using RenderFarm.Diffusion.Networks.Attention;
using RenderFarm.Diffusion.Networks.Configuration;
using static TorchSharp.torch;

namespace RenderFarm.Diffusion.Networks;

/// <summary>The text as an addition to the time embedding (Saharia et al. 2022, "pooled embedding"): normalised, pooled, projected, normalised.</summary>
internal sealed class TextTimeEmbedding : nn.Module<Tensor, Tensor>
{
    private const double Epsilon = 1e-5;

    [ComponentName(Name = "norm1")]
    private readonly LayerNorm _inputNorm;

    [ComponentName(Name = "pool")]
    private readonly AttentionPooling _pool;

    [ComponentName(Name = "proj")]
    private readonly Linear _projection;

    [ComponentName(Name = "norm2")]
    private readonly LayerNorm _outputNorm;

    public TextTimeEmbedding(UNetConfig config, Placement placement) : base(nameof(TextTimeEmbedding))
    {
        _inputNorm = new LayerNorm(config.TextWidth, Epsilon, placement);
        _pool = new AttentionPooling(config.TextWidth, config.AdditionEmbedTypeNumHeads, placement);
        _projection = new Linear(config.TextWidth, config.TimeEmbeddingWidth, placement);
        _outputNorm = new LayerNorm(config.TimeEmbeddingWidth, Epsilon, placement);
        RegisterComponents();
    }

    /// <param name="input">the text encoder's own states, before any projection [B, L, D]</param>
    /// <returns>[B, time embedding's width]</returns>
    public override Tensor forward(Tensor input)
    {
        using var scope = NewDisposeScope();
        return _outputNorm.call(_projection.call(_pool.call(_inputNorm.call(input)))).MoveToOuterDisposeScope();
    }
}
