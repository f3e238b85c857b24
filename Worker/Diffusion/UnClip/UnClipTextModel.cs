using RenderFarm.Diffusion.Cascades;
using RenderFarm.Diffusion.Cascades.Folders;
using RenderFarm.Diffusion.Layers;
using RenderFarm.Diffusion.StableDiffusion;
using RenderFarm.Diffusion.Text;
using RenderFarm.Diffusion.Weights;
using static TorchSharp.torch;

namespace RenderFarm.Diffusion.UnClip;

/// <summary>CLIP's text encoder with its projection and tokenizer. What it says of a text is kept as one tensor: the embedding behind the states.</summary>
internal sealed class UnClipTextModel : ITextModel
{
    public const string EncoderClass = "CLIPTextModelWithProjection";

    /// <summary>What older configurations say instead of the token that ends a text: that is the greatest one.</summary>
    private const int GreatestEnds = 2;

    private readonly ClipTokenizer _tokenizer;
    private readonly ClipTextWithProjection _encoder;
    private readonly ClipTextConfig _config;
    private readonly Placement _placement;

    private UnClipTextModel(ClipTokenizer tokenizer, ClipTextWithProjection encoder, ClipTextConfig config, Placement placement, string sha256) =>
        (_tokenizer, _encoder, _config, _placement, WeightsSha256) = (tokenizer, encoder, config, placement, sha256);

    public string WeightsSha256 { get; }

    public string Dtype => DtypeChoice.NameOf(_placement.Dtype);

    /// <summary>none: the tokenizer itself takes prompts as they are.</summary>
    public string Cleaning => "none";

    /// <summary>Reads <c>tokenizer/</c> and <c>text_encoder/</c> of a stage.</summary>
    public static UnClipTextModel Load(ModelIndex index, Placement placement)
    {
        var (tokenizer, config) = ReadVocabulary(index);
        using var weights = WeightsFolder.Open(index.PathOf("text_encoder"), preferHalf: placement.Dtype == ScalarType.Float16);
        var encoder = WeightsLoader.Build(weights, place => new ClipTextWithProjection(config, place), placement, ClipTextWithProjection.Key);
        return new UnClipTextModel(tokenizer, encoder, config, placement, weights.Sha256());
    }

    /// <summary>The encoder as inspection looks at it.</summary>
    public static StageComponent Component(ModelIndex index) =>
        StageComponent.OfFolder(index, "text_encoder", place => new ClipTextWithProjection(ReadVocabulary(index).Config, place), ClipTextWithProjection.Key);

    /// <summary>The vocabulary and the encoder's structure, compared.</summary>
    /// <exception cref="CascadeException">The encoder does not go with the vocabulary, or takes a text's embedding at another token than the one that ends it.</exception>
    public static (ClipTokenizer Tokenizer, ClipTextConfig Config) ReadVocabulary(ModelIndex index)
    {
        var (tokenizer, config) = ClipTextModel.ReadVocabulary(index);
        if (config.EosTokenId == GreatestEnds || config.EosTokenId == tokenizer.End) return (tokenizer, config);
        throw new CascadeException(
            $"'{ClipTextModel.ConfigPath(index)}' has eos_token_id = {config.EosTokenId}, but the vocabulary in '{index.PathOf("tokenizer")}' ends texts with token {tokenizer.End}; use the vocabulary that the text encoder was trained with.");
    }

    /// <summary>Tokens of every text.</summary>
    public static int LengthOf(ClipTokenizer tokenizer, ClipTextConfig config) => tokenizer.Length ?? config.MaxPositionEmbeddings;

    public string Clean(string prompt) => prompt;

    /// <returns>[B, L + 1, D]</returns>
    public Tensor Encode(IReadOnlyList<string> prompts)
    {
        using var scope = NewDisposeScope();
        var length = LengthOf(_tokenizer, _config);
        var texts = prompts.Select(prompt => _tokenizer.Encode(prompt, length)).ToList();
        var ids = tensor([.. texts.SelectMany(text => text)], [prompts.Count, length], device: _placement.Device);
        var ends = tensor(texts.Select(EndOf).ToArray(), device: _placement.Device);
        var (states, embeddings) = _encoder.call(ids, ends);
        return cat([states, embeddings.unsqueeze(1)], 1).MoveToOuterDisposeScope();
    }

    public void Dispose() => _encoder.Dispose();

    private long EndOf(long[] text) => Array.IndexOf(text, _config.EosTokenId == GreatestEnds ? text.Max() : _config.EosTokenId);
}
