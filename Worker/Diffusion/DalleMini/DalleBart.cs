using RenderFarm.Diffusion.Layers;
using RenderFarm.Diffusion.Weights;
using static TorchSharp.torch;
using Linear = RenderFarm.Diffusion.Layers.Linear;

namespace RenderFarm.Diffusion.DalleMini;

/// <summary>
/// DALL-E Mini's transformer (dalle-mini, model/modeling.py, class DalleBart): an encoder of text and a decoder that says, token by token, how likely
/// each next picture token is.
/// </summary>
internal sealed class DalleBart : nn.Module<Tensor, DecoderMemory, Tensor>
{
    /// <summary>Added to the variance in every norm.</summary>
    public const double Epsilon = 1e-5;

    [ComponentName(Name = "encoder")]
    private readonly DalleBartEncoder _encoder;

    [ComponentName(Name = "decoder")]
    private readonly DalleBartDecoder _decoder;

    [ComponentName(Name = "lm_head")]
    private readonly Linear _head;

    public DalleBart(DalleBartConfig config, Placement placement) : base(nameof(DalleBart))
    {
        (Config, Placement) = (config, placement);
        _encoder = new DalleBartEncoder(config, placement);
        _decoder = new DalleBartDecoder(config, placement);
        _head = new Linear(config.DModel, config.ImageVocabSize + 1, placement, bias: false);
        RegisterComponents();
    }

    public DalleBartConfig Config { get; }

    public Placement Placement { get; }

    /// <summary>This network's key for a checkpoint's: flax keeps encoder and decoder in an object of their own.</summary>
    public static string Key(string name) => name.StartsWith("model.", StringComparison.Ordinal) ? name["model.".Length..] : name;

    /// <summary>For keys that are padding, the lowest number there is: they get no weight. Padding still queries.</summary>
    /// <param name="mask">1 for tokens, 0 for padding, int64 [B, L]</param>
    /// <returns>[B, 1, 1, L]</returns>
    public Tensor PaddingBias(Tensor mask)
    {
        using var scope = NewDisposeScope();
        return mask.logical_not().to(Placement.Dtype).Times(finfo(Placement.Dtype).min).unsqueeze(1).unsqueeze(1).MoveToOuterDisposeScope();
    }

    /// <summary>The text's states.</summary>
    /// <param name="ids">int64 [B, L]</param>
    /// <param name="mask">as <see cref="PaddingBias"/> takes it</param>
    /// <returns>[B, L, D]</returns>
    public Tensor Encode(Tensor ids, Tensor mask)
    {
        if (ids.dim() != 2 || !ids.shape.AsSpan().SequenceEqual(mask.shape))
            throw new ArgumentException($"ids are [{string.Join(", ", ids.shape)}] and the mask is [{string.Join(", ", mask.shape)}]; both must be [B, L].");
        using var scope = NewDisposeScope();
        return _encoder.forward(ids, PaddingBias(mask)).MoveToOuterDisposeScope();
    }

    /// <summary>Encodes prompts and readies the decoder; the caller owns what is kept.</summary>
    /// <param name="ids">int64 [B, L]</param>
    /// <param name="mask">as <see cref="PaddingBias"/> takes it</param>
    public DecoderMemory Begin(Tensor ids, Tensor mask)
    {
        using var scope = NewDisposeScope();
        var memory = _decoder.Begin(Encode(ids, mask), PaddingBias(mask));
        memory.Detach();
        return memory;
    }

    /// <summary>Puts one more token in.</summary>
    /// <param name="tokens">int64 [B]</param>
    /// <param name="memory">of <see cref="Begin"/></param>
    /// <returns>logits of the next token, [B, image_vocab_size + 1]</returns>
    public override Tensor forward(Tensor tokens, DecoderMemory memory)
    {
        using var scope = NewDisposeScope();
        return _head.forward(_decoder.forward(tokens, memory)).MoveToOuterDisposeScope();
    }
}
