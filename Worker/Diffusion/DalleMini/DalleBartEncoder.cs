using RenderFarm.Diffusion.Layers;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;
using Embedding = RenderFarm.Diffusion.Layers.Embedding;
using LayerNorm = RenderFarm.Diffusion.Layers.LayerNorm;

namespace RenderFarm.Diffusion.DalleMini;

/// <summary>The text's side: token and position embeddings, layers, a norm (dalle-mini, FlaxBartEncoder).</summary>
internal sealed class DalleBartEncoder : nn.Module<Tensor, Tensor, Tensor>
{
    [ComponentName(Name = "embed_tokens")]
    private readonly Embedding _tokens;

    [ComponentName(Name = "embed_positions")]
    private readonly Embedding _positions;

    [ComponentName(Name = "layernorm_embedding")]
    private readonly LayerNorm _embeddingNorm;

    [ComponentName(Name = "layers")]
    private readonly ModuleList<DalleBartEncoderLayer> _layers;

    [ComponentName(Name = "final_ln")]
    private readonly LayerNorm _finalNorm;

    public DalleBartEncoder(DalleBartConfig config, Placement placement) : base(nameof(DalleBartEncoder))
    {
        _tokens = new Embedding(config.EncoderVocabSize, config.DModel, placement);
        _positions = new Embedding(config.MaxTextLength, config.DModel, placement);
        _embeddingNorm = new LayerNorm(config.DModel, DalleBart.Epsilon, placement);
        _layers = new ModuleList<DalleBartEncoderLayer>([.. Enumerable.Range(0, config.EncoderLayers).Select(_ => new DalleBartEncoderLayer(config, placement))]);
        _finalNorm = new LayerNorm(config.DModel, DalleBart.Epsilon, placement, scale: config.ForceLnScale);
        RegisterComponents();
    }

    /// <param name="ids">int64 [B, L]</param>
    /// <param name="bias">of <see cref="DalleBart.PaddingBias"/>, [B, 1, 1, L]</param>
    /// <returns>[B, L, D]; padding has states, too</returns>
    public override Tensor forward(Tensor ids, Tensor bias)
    {
        using var scope = NewDisposeScope();
        var positions = _positions.Weight.narrow(0, 0, ids.shape[1]); // [L, D]
        var states = _embeddingNorm.forward(_tokens.forward(ids).Plus(positions));
        foreach (var layer in _layers)
        {
            var next = layer.forward(states, bias);
            states.Dispose();
            states = next;
        }
        return _finalNorm.forward(states).MoveToOuterDisposeScope();
    }
}
