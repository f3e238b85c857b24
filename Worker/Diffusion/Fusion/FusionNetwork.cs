using RenderFarm.Diffusion.Layers;
using RenderFarm.Diffusion.Text;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;
using LayerNorm = RenderFarm.Diffusion.Layers.LayerNorm;
using Linear = RenderFarm.Diffusion.Layers.Linear;

namespace RenderFarm.Diffusion.Fusion;

/// <summary>
/// Text states and learned slots attend to a picture's states, and each slot writes some words of the text encoder's vocabulary, or none: those by which the
/// picture that is wanted is asked for. Encoded like any prompt they condition every stage, so that diffusion models trained on words alone draw from words and
/// a picture. Differentiable.
/// </summary>
internal sealed class FusionNetwork : nn.Module<Tensor, Tensor, Tensor, Tensor>
{
    /// <summary>Added to the scores of padding.</summary>
    private const double Never = -1e9;

    private readonly FusionConfig _config;

    [ComponentName(Name = "queries")]
    private readonly Parameter _queries;

    [ComponentName(Name = "layers")]
    private readonly ModuleList<FusionBlock> _layers;

    [ComponentName(Name = "norm")]
    private readonly LayerNorm _norm;

    [ComponentName(Name = "writer_in")]
    private readonly Linear _writerIn;

    [ComponentName(Name = "writer_out")]
    private readonly Linear _writerOut;

    [ComponentName(Name = "words")]
    private readonly Linear _words;

    public FusionNetwork(FusionConfig config, Placement placement) : base(nameof(FusionNetwork))
    {
        _config = config;
        _queries = placement.Parameter(config.Slots, config.HiddenSize);
        _layers = new ModuleList<FusionBlock>([.. Enumerable.Range(0, config.NumHiddenLayers).Select(_ => new FusionBlock(config, placement))]);
        _norm = new LayerNorm(config.HiddenSize, config.LayerNormEps, placement);
        _writerIn = new Linear(config.HiddenSize, config.IntermediateSize, placement);
        _writerOut = new Linear(config.IntermediateSize, config.WordsPerSlot * config.HiddenSize, placement);
        _words = new Linear(config.HiddenSize, config.VocabSize, placement);
        RegisterComponents();
    }

    /// <param name="text">The text encoder's states, [B, L, D]</param>
    /// <param name="mask">1 for tokens, 0 for padding, [B, L]</param>
    /// <param name="image">The image encoder's states, [B, S, image width]</param>
    /// <returns>
    /// Logits of every slot's words, [B, G, W, V]; the word of number <see cref="T5Tokenizer.PaddingId"/> is none.
    /// </returns>
    public override Tensor forward(Tensor text, Tensor mask, Tensor image)
    {
        if (text.dim() != 3 || text.shape[2] != _config.HiddenSize || image.dim() != 3 || image.shape[0] != text.shape[0] || image.shape[2] != _config.ImageWidth)
        {
            throw new ArgumentException(
                $"Text states are [{string.Join(", ", text.shape)}] and picture states [{string.Join(", ", image.shape)}]; expected are [B, L, {_config.HiddenSize}] and [B, S, {_config.ImageWidth}].");
        }
        using var scope = NewDisposeScope();
        var (batch, length) = (text.shape[0], text.shape[1]);
        var states = cat([text, _queries.expand(batch, -1, -1)], 1); // [B, L + G, D]
        var hidden = cat([mask.eq(0).to(text.dtype).Times(Never), zeros(batch, _config.Slots, text.dtype, text.device)], 1);
        var bias = hidden.unsqueeze(1).unsqueeze(1); // [B, 1, 1, L + G]
        foreach (var layer in _layers) states = layer.call(states, image, bias);
        var slots = _norm.call(states.narrow(1, length, _config.Slots)); // [B, G, D]
        var written = _writerOut.call(nn.functional.gelu(_writerIn.call(slots)));
        return _words.call(written.view(batch, _config.Slots, _config.WordsPerSlot, _config.HiddenSize)).MoveToOuterDisposeScope();
    }
}
