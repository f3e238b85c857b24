using RenderFarm.Diffusion.Cascades;
using RenderFarm.Diffusion.Cascades.Folders;
using RenderFarm.Diffusion.Layers;
using RenderFarm.Diffusion.Text;
using RenderFarm.Diffusion.Weights;
using static TorchSharp.torch;

namespace RenderFarm.Diffusion.StableDiffusion;

/// <summary>CLIP's text encoder with its tokenizer, as Stable Diffusion uses it.</summary>
internal sealed class ClipTextModel : ITextModel
{
    private const string EncoderClass = "CLIPTextModel";

    private readonly ClipTokenizer _tokenizer;
    private readonly ClipTextEncoder _encoder;
    private readonly Placement _placement;
    private readonly int _length;

    private ClipTextModel(ClipTokenizer tokenizer, ClipTextEncoder encoder, Placement placement, int length, string sha256) =>
        (_tokenizer, _encoder, _placement, _length, WeightsSha256) = (tokenizer, encoder, placement, length, sha256);

    public string WeightsSha256 { get; }

    public string Dtype => DtypeChoice.NameOf(_placement.Dtype);

    /// <summary>none: the tokenizer itself takes prompts as they are.</summary>
    public string Cleaning => "none";

    /// <summary>The encoder's configuration file.</summary>
    public static string ConfigPath(ModelIndex index) => Path.Combine(index.PathOf("text_encoder"), "config.json");

    /// <exception cref="CascadeException">The stage has no such encoder.</exception>
    public static void Demand(ModelIndex index)
    {
        if (Has(index)) return;
        throw new CascadeException($"'{index.Folder}' has no tokenizer and text_encoder of class {EncoderClass}; a {index.ClassName} must bring them.");
    }

    /// <summary>Reads <c>tokenizer/</c> and <c>text_encoder/</c> of a stage.</summary>
    public static ClipTextModel Load(ModelIndex index, Placement placement)
    {
        var (tokenizer, config) = ReadVocabulary(index);
        using var weights = WeightsFolder.Open(index.PathOf("text_encoder"), preferHalf: placement.Dtype == ScalarType.Float16);
        var encoder = WeightsLoader.Build(weights, place => new ClipTextEncoder(config, place), placement, ClipTextEncoder.Key);
        return new ClipTextModel(tokenizer, encoder, placement, tokenizer.Length ?? config.MaxPositionEmbeddings, weights.Sha256());
    }

    /// <summary>The encoder as inspection looks at it, where the stage has one.</summary>
    public static IEnumerable<StageComponent> Components(ModelIndex index)
    {
        if (Has(index))
            yield return StageComponent.OfFolder(index, "text_encoder", place => new ClipTextEncoder(ReadVocabulary(index).Config, place), ClipTextEncoder.Key);
    }

    public string Clean(string prompt) => prompt;

    public Tensor Encode(IReadOnlyList<string> prompts)
    {
        using var scope = NewDisposeScope();
        var ids = tensor([.. prompts.SelectMany(prompt => _tokenizer.Encode(prompt, _length))], [prompts.Count, _length], device: _placement.Device);
        return _encoder.call(ids).MoveToOuterDisposeScope();
    }

    public void Dispose() => _encoder.Dispose();

    private static bool Has(ModelIndex index) => index.Components.ContainsKey("tokenizer") && index.Components.GetValueOrDefault("text_encoder") == EncoderClass;

    /// <summary>The vocabulary and the encoder's structure, compared.</summary>
    /// <exception cref="CascadeException">The vocabulary has tokens, or the tokenizer gives positions, for which the encoder has no vector.</exception>
    internal static (ClipTokenizer Tokenizer, ClipTextConfig Config) ReadVocabulary(ModelIndex index)
    {
        var (folder, path) = (index.PathOf("tokenizer"), ConfigPath(index));
        var config = ClipTextConfig.Load(path);
        var tokenizer = ClipTokenizer.Load(folder);
        if (tokenizer.VocabularySize > config.VocabSize)
        {
            throw new CascadeException(
                $"The vocabulary in '{folder}' has {tokenizer.VocabularySize} tokens, but '{path}' has vocab_size = {config.VocabSize}; every token needs a row of the embedding table. " +
                "Use the vocabulary that the text encoder was trained with.");
        }
        if (tokenizer.Length is { } length && (length < 2 || length > config.MaxPositionEmbeddings))
            throw new CascadeException($"'{Path.Combine(folder, "tokenizer_config.json")}' has model_max_length = {length}; expected 2 to {config.MaxPositionEmbeddings}, max_position_embeddings in '{path}'.");
        return (tokenizer, config);
    }
}
