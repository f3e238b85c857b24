using RenderFarm.Diffusion.Layers;
using RenderFarm.Diffusion.Weights;
using static TorchSharp.torch;
using Embedding = RenderFarm.Diffusion.Layers.Embedding;

namespace RenderFarm.Diffusion.Text;

/// <summary>
/// The encoder of T5 v1.1 (Raffel et al. 2020, with gated GELU), which turns token ids into states. Written against transformers'
/// T5EncoderModel; differentiable, dropout left out.
/// </summary>
internal sealed class T5Encoder : nn.Module<Tensor, Tensor, Tensor>
{
    private const string SharedKey = "shared.weight";

    /// <summary>The same table under the name it has inside the encoder.</summary>
    private const string EmbedTokensKey = "encoder.embed_tokens.weight";

    private readonly long _vocabulary;

    [ComponentName(Name = "shared")]
    private readonly Embedding _shared;

    [ComponentName(Name = "encoder")]
    private readonly T5Stack _encoder;

    public T5Encoder(T5Config config, Placement placement) : base(nameof(T5Encoder))
    {
        _vocabulary = config.VocabSize;
        _shared = new Embedding(config.VocabSize, config.DModel, placement);
        _encoder = new T5Stack(config, placement);
        RegisterComponents();
    }

    /// <summary>The encoder of a folder with config.json and weights, ready to encode.</summary>
    /// <exception cref="WeightsException">The folder does not hold a T5 v1.1 encoder.</exception>
    public static T5Encoder Load(string folder, Placement placement, bool preferHalf = false)
    {
        var config = T5Config.Load(Path.Combine(folder, "config.json"));
        using var weights = WeightsFolder.Open(folder, preferHalf);
        return WeightsLoader.Build(weights, place => new T5Encoder(config, place), placement, Key);
    }

    /// <summary>The encoder's key for a checkpoint's key: the embedding table goes by two names, of which a file has one or both.</summary>
    public static string Key(string name) => name == EmbedTokensKey ? SharedKey : name;

    /// <param name="ids">[B, L] int64</param>
    /// <param name="mask">1 for tokens, 0 for padding, [B, L] int64</param>
    /// <returns>[B, L, D] in the weights' dtype; padding has states, too</returns>
    public override Tensor forward(Tensor ids, Tensor mask)
    {
        if (ids.dim() != 2 || !ids.shape.AsSpan().SequenceEqual(mask.shape))
            throw new ArgumentException($"ids are [{string.Join(", ", ids.shape)}] and the mask is [{string.Join(", ", mask.shape)}]; both must be [B, L].");
        using var scope = NewDisposeScope();
        return Encode(Embed(ids), mask).MoveToOuterDisposeScope();
    }

    /// <summary>What the blocks read of tokens.</summary>
    /// <param name="ids">int64, […]</param>
    /// <returns>[…, D]</returns>
    public Tensor Embed(Tensor ids) => _shared.forward(ids);

    /// <summary>States of tokens that are embedded already.</summary>
    /// <param name="embedded">[B, L, D]</param>
    /// <param name="mask">1 for tokens, 0 for padding, [B, L] int64</param>
    /// <returns>[B, L, D]</returns>
    public Tensor Encode(Tensor embedded, Tensor mask) => _encoder.forward(embedded, mask);

    /// <summary>How many ids there are.</summary>
    public long VocabularySize => _vocabulary;
}
