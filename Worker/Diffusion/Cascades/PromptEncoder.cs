using RenderFarm.Diffusion.Layers;
using RenderFarm.Diffusion.Text;
using RenderFarm.Diffusion.Weights;
using static TorchSharp.torch;

namespace RenderFarm.Diffusion.Cascades;

/// <summary>
/// T5 with its tokenizer and a memory of what it encoded. During a call nothing is forgotten, so every distinct prompt is encoded once;
/// <see cref="Trim"/> afterwards drops the least recently used states until the rest fits.
/// </summary>
internal sealed class PromptEncoder : ITextStates, IDisposable
{
    /// <summary>Positions that IF was trained with; the U-Nets see all of them, padding included.</summary>
    public const int Length = 77;

    /// <summary>Prompts encoded at once.</summary>
    private const int Batch = 16;

    private readonly T5Tokenizer _tokenizer;
    private readonly T5Encoder _encoder;
    private readonly Placement _placement;
    private readonly bool _clean;
    private readonly long _cacheBytes;
    private readonly Dictionary<string, LinkedListNode<(string Prompt, Tensor States)>> _known = new(StringComparer.Ordinal);
    private readonly LinkedList<(string Prompt, Tensor States)> _byUse = new();

    private PromptEncoder(T5Tokenizer tokenizer, T5Encoder encoder, Placement placement, bool clean, long cacheBytes, string sha256) =>
        (_tokenizer, _encoder, _placement, _clean, _cacheBytes, WeightsSha256) = (tokenizer, encoder, placement, clean, cacheBytes, sha256);

    /// <summary>SHA-256 of the encoder's weights as they were loaded.</summary>
    public string WeightsSha256 { get; }

    /// <summary>The encoder's number format: float32, bfloat16 or float16.</summary>
    public string Dtype => DtypeChoice.NameOf(_placement.Dtype);

    /// <summary>What is done to prompts first: plain or caption.</summary>
    public string Cleaning => _clean ? "caption" : "plain";

    /// <summary>Reads <c>tokenizer/</c> and <c>text_encoder/</c> of a stage.</summary>
    public static PromptEncoder Load(ModelIndex index, Placement placement, bool clean, long cacheBytes)
    {
        var (tokenizer, config) = ReadVocabulary(index);
        using var weights = WeightsFolder.Open(index.PathOf("text_encoder"), preferHalf: placement.Dtype == ScalarType.Float16);
        var encoder = WeightsLoader.Build(weights, place => new T5Encoder(config, place), placement, T5Encoder.Key);
        return new PromptEncoder(tokenizer, encoder, placement, clean, cacheBytes, weights.Sha256());
    }

    /// <summary>The vocabulary and the encoder's structure, compared.</summary>
    /// <exception cref="CascadeException">The vocabulary has pieces for which the encoder has no vector.</exception>
    public static (T5Tokenizer Tokenizer, T5Config Config) ReadVocabulary(ModelIndex index)
    {
        var (vocabulary, path) = (Path.Combine(index.PathOf("tokenizer"), "spiece.model"), Path.Combine(index.PathOf("text_encoder"), "config.json"));
        var config = T5Config.Load(path);
        var tokenizer = T5Tokenizer.Load(vocabulary);
        if (tokenizer.VocabularySize <= config.VocabSize) return (tokenizer, config);
        throw new CascadeException(
            $"'{vocabulary}' has {tokenizer.VocabularySize} pieces, but '{path}' has vocab_size = {config.VocabSize}; every piece needs a row of the embedding table. " +
            "Use the vocabulary that the text encoder was trained with.");
    }

    /// <summary>How many prompts went through the network so far.</summary>
    public long Encoded { get; private set; }

    /// <summary>States of prompts, each distinct one encoded at most once.</summary>
    /// <returns>[B, L, D] in the encoder's dtype, on its device</returns>
    public Tensor Encode(IReadOnlyList<string> prompts)
    {
        using var scope = NewDisposeScope();
        var cleaned = prompts.Select(prompt => PromptCleaner.Clean(prompt, _clean ? PromptCleaning.Caption : PromptCleaning.Plain)).ToList();
        foreach (var missing in cleaned.Distinct(StringComparer.Ordinal).Where(prompt => !_known.ContainsKey(prompt)).Chunk(Batch)) EncodeNew(missing);
        return stack(cleaned.Select(Recall).ToArray(), 0).MoveToOuterDisposeScope();
    }

    /// <summary>Forgets what does not fit, longest unused first.</summary>
    public void Trim()
    {
        var bytes = _byUse.Sum(entry => BytesOf(entry.States));
        while (bytes > _cacheBytes && _byUse.Last is { } oldest)
        {
            bytes -= BytesOf(oldest.Value.States);
            _known.Remove(oldest.Value.Prompt);
            _byUse.RemoveLast();
            oldest.Value.States.Dispose();
        }
    }

    public void Dispose()
    {
        foreach (var (_, states) in _byUse) states.Dispose();
        _byUse.Clear();
        _known.Clear();
        _encoder.Dispose();
    }

    private void EncodeNew(string[] prompts)
    {
        using var scope = NewDisposeScope();
        var (ids, mask) = _tokenizer.Encode(prompts, Length, _placement.Device);
        var states = _encoder.forward(ids, mask);
        // A copy per prompt, so that one can be forgotten without the others.
        for (var row = 0; row < prompts.Length; row++)
        {
            _known.Add(prompts[row], _byUse.AddFirst((prompts[row], states[row].clone().DetachFromDisposeScope())));
        }
        Encoded += prompts.Length;
    }

    private Tensor Recall(string prompt)
    {
        var node = _known[prompt];
        _byUse.Remove(node);
        _byUse.AddFirst(node);
        return node.Value.States;
    }

    private static long BytesOf(Tensor states) => states.numel() * states.element_size();
}
