using RenderFarm.Diffusion.Layers;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;
using Embedding = RenderFarm.Diffusion.Layers.Embedding;
using LayerNorm = RenderFarm.Diffusion.Layers.LayerNorm;

namespace RenderFarm.Diffusion.DalleMini;

/// <summary>The picture's side: token and position embeddings, layers, a norm (dalle-mini, FlaxBartDecoder); one position at a time.</summary>
internal sealed class DalleBartDecoder : nn.Module<Tensor, DecoderMemory, Tensor>
{
    private readonly long _positionCount;

    [ComponentName(Name = "embed_tokens")]
    private readonly Embedding _tokens;

    [ComponentName(Name = "embed_positions")]
    private readonly Embedding _positions;

    [ComponentName(Name = "layernorm_embedding")]
    private readonly LayerNorm _embeddingNorm;

    [ComponentName(Name = "layers")]
    private readonly ModuleList<DalleBartDecoderLayer> _layers;

    [ComponentName(Name = "final_ln")]
    private readonly LayerNorm _finalNorm;

    public DalleBartDecoder(DalleBartConfig config, Placement placement) : base(nameof(DalleBartDecoder))
    {
        _positionCount = config.ImageLength;
        _tokens = new Embedding(config.ImageVocabSize + 1, config.DModel, placement);
        _positions = new Embedding(config.ImageLength, config.DModel, placement);
        _embeddingNorm = new LayerNorm(config.DModel, DalleBart.Epsilon, placement);
        _layers = new ModuleList<DalleBartDecoderLayer>([.. Enumerable.Range(0, config.DecoderLayers).Select(_ => new DalleBartDecoderLayer(config, placement))]);
        _finalNorm = new LayerNorm(config.DModel, DalleBart.Epsilon, placement, scale: config.ForceLnScale);
        RegisterComponents();
    }

    /// <summary>Readies a batch; what is kept lies in the caller's dispose scope.</summary>
    /// <param name="text">the encoder's states, [B, L, D]</param>
    /// <param name="bias">of <see cref="DalleBart.PaddingBias"/>, [B, 1, 1, L]; becomes the memory's</param>
    public DecoderMemory Begin(Tensor text, Tensor bias) => new([.. _layers.Select(layer => layer.Begin(text, _positionCount))], bias);

    /// <param name="tokens">the newest of each picture, int64 [B]</param>
    /// <param name="memory">of <see cref="Begin"/>; the tokens are added</param>
    /// <returns>[B, D]</returns>
    public override Tensor forward(Tensor tokens, DecoderMemory memory)
    {
        using var scope = NewDisposeScope();
        var place = _positions.Weight.narrow(0, memory.Position, 1); // [1, D]
        var states = _embeddingNorm.forward(_tokens.forward(tokens.unsqueeze(1)).Plus(place)); // [B, 1, D]
        for (var layer = 0; layer < _layers.Count; layer++)
        {
            var next = _layers[layer].forward(states, memory.Layers[layer], memory.Bias);
            states.Dispose();
            states = next;
        }
        memory.Position++;
        return _finalNorm.forward(states).squeeze(1).MoveToOuterDisposeScope();
    }
}
