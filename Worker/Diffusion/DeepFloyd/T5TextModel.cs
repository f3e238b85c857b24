using RenderFarm.Diffusion.Cascades;
using RenderFarm.Diffusion.Cascades.Folders;
using RenderFarm.Diffusion.Layers;
using RenderFarm.Diffusion.Text;
using RenderFarm.Diffusion.Weights;
using static TorchSharp.torch;

namespace RenderFarm.Diffusion.DeepFloyd;

/// <summary>T5 with its tokenizer, as DeepFloyd IF's stages use it.</summary>
internal sealed class T5TextModel : ITextModel
{
    /// <summary>Positions that IF was trained with; the U-Nets see all of them, padding included.</summary>
    public const int Length = 77;

    private readonly T5Tokenizer _tokenizer;
    private readonly T5Encoder _encoder;
    private readonly Placement _placement;
    private readonly PromptCleaning _cleaning;

    private T5TextModel(T5Tokenizer tokenizer, T5Encoder encoder, Placement placement, PromptCleaning cleaning, string sha256) =>
        (_tokenizer, _encoder, _placement, _cleaning, WeightsSha256) = (tokenizer, encoder, placement, cleaning, sha256);

    public string WeightsSha256 { get; }

    public string Dtype => DtypeChoice.NameOf(_placement.Dtype);

    /// <summary>plain or caption.</summary>
    public string Cleaning => _cleaning == PromptCleaning.Caption ? "caption" : "plain";

    /// <summary>Reads <c>tokenizer/</c> and <c>text_encoder/</c> of a stage.</summary>
    public static T5TextModel Load(ModelIndex index, Placement placement, bool clean)
    {
        var (tokenizer, config) = ReadVocabulary(index);
        using var weights = WeightsFolder.Open(index.PathOf("text_encoder"), preferHalf: placement.Dtype == ScalarType.Float16);
        var encoder = WeightsLoader.Build(weights, place => new T5Encoder(config, place), placement, T5Encoder.Key);
        return new T5TextModel(tokenizer, encoder, placement, clean ? PromptCleaning.Caption : PromptCleaning.Plain, weights.Sha256());
    }

    /// <summary>The encoder as inspection looks at it.</summary>
    public static StageComponent Component(ModelIndex index) =>
        StageComponent.OfFolder(index, "text_encoder", place => new T5Encoder(ReadVocabulary(index).Config, place), T5Encoder.Key);

    public string Clean(string prompt) => PromptCleaner.Clean(prompt, _cleaning);

    public Tensor Encode(IReadOnlyList<string> prompts)
    {
        using var scope = NewDisposeScope();
        var (ids, mask) = _tokenizer.Encode(prompts, Length, _placement.Device);
        return _encoder.forward(ids, mask).MoveToOuterDisposeScope();
    }

    public void Dispose() => _encoder.Dispose();

    /// <summary>The vocabulary and the encoder's structure, compared.</summary>
    /// <exception cref="CascadeException">The vocabulary has pieces for which the encoder has no vector.</exception>
    private static (T5Tokenizer Tokenizer, T5Config Config) ReadVocabulary(ModelIndex index)
    {
        var (vocabulary, path) = (Path.Combine(index.PathOf("tokenizer"), "spiece.model"), Path.Combine(index.PathOf("text_encoder"), "config.json"));
        var config = T5Config.Load(path);
        var tokenizer = T5Tokenizer.Load(vocabulary);
        if (tokenizer.VocabularySize <= config.VocabSize) return (tokenizer, config);
        throw new CascadeException(
            $"'{vocabulary}' has {tokenizer.VocabularySize} pieces, but '{path}' has vocab_size = {config.VocabSize}; every piece needs a row of the embedding table. " +
            "Use the vocabulary that the text encoder was trained with.");
    }
}
