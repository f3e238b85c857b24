using RenderFarm.Diffusion.Weights;

namespace RenderFarm.Diffusion.UnClip;

/// <summary>The structure of unCLIP's prior, as its config.json states it (diffusers' PriorTransformer); defaults are diffusers'.</summary>
internal sealed record PriorConfig
{
    /// <summary>N: heads of attention.</summary>
    public int NumAttentionHeads { get; init; } = 32;

    /// <summary>K: numbers per head.</summary>
    public int AttentionHeadDim { get; init; } = 64;

    public int NumLayers { get; init; } = 20;

    /// <summary>D: width of CLIP's embeddings and of the text's states.</summary>
    public int EmbeddingDim { get; init; } = 768;

    /// <summary>L: tokens of a text.</summary>
    public int NumEmbeddings { get; init; } = 77;

    /// <summary>silu or gelu: the activation of the time embedding.</summary>
    public string TimeEmbedActFn { get; init; } = "silu";

    /// <summary>layer for a normalisation in front of the layers; null for none.</summary>
    public string? NormInType { get; init; }

    /// <summary>layer for a normalisation of the text's embedding; null for none.</summary>
    public string? EmbeddingProjNormType { get; init; }

    /// <summary>Inner width of the time embedding; null for <see cref="Width"/>.</summary>
    public int? TimeEmbedDim { get; init; }

    /// <summary>Width of the text's embedding; null for <see cref="EmbeddingDim"/>.</summary>
    public int? EmbeddingProjDim { get; init; }

    /// <summary>Width of what is predicted; null for <see cref="EmbeddingDim"/>.</summary>
    public int? ClipEmbedDim { get; init; }

    /// <summary>prd: a last token in whose place the prediction is made.</summary>
    public string? AddedEmbType { get; init; } = Prediction;

    /// <summary>linear: the text's states are projected to tokens.</summary>
    public string? EncoderHidProjType { get; init; } = LinearProjection;

    /// <summary>W: width of the tokens.</summary>
    public int Width => NumAttentionHeads * AttentionHeadDim;

    /// <summary>Tokens behind the text's: its embedding, the time, the noisy embedding, and the place of the prediction.</summary>
    public const int FurtherTokens = 4;

    private const string Kind = "unCLIP's prior (PriorTransformer)", Layer = "layer", Silu = "silu", Gelu = "gelu", Prediction = "prd", LinearProjection = "linear";

    private const int Widest = 1 << 16, MostLayers = 1000, LongestText = 1 << 14;

    private static readonly (string Key, string Expected)[] Fixed =
    [
        ("_class_name", "\"PriorTransformer\""), ("additional_embeddings", "4"), ("dropout", "0"),
    ];

    /// <exception cref="WeightsException">The file is missing, no such configuration, or of a network that there is no code for; names key and value.</exception>
    public static PriorConfig Load(string path)
    {
        var config = ConfigText.Read<PriorConfig>(path, Kind, Fixed);
        config.Check(path);
        return config;
    }

    private void Check(string path)
    {
        ConfigText.CheckSizes(path,
            ("num_attention_heads", NumAttentionHeads, Widest), ("attention_head_dim", AttentionHeadDim, Widest), ("num_layers", NumLayers, MostLayers), ("embedding_dim", EmbeddingDim, Widest),
            ("num_embeddings", NumEmbeddings, LongestText), ("time_embed_dim", TimeEmbedDim ?? 1, Widest), ("embedding_proj_dim", EmbeddingProjDim ?? 1, Widest), ("clip_embed_dim", ClipEmbedDim ?? 1, Widest));
        ConfigText.CheckSizes(path, ("num_attention_heads * attention_head_dim", (long)NumAttentionHeads * AttentionHeadDim, Widest));
        if (Width % 2 != 0) throw new WeightsException($"'{path}' has num_attention_heads = {NumAttentionHeads} and attention_head_dim = {AttentionHeadDim}; expected is an even product, for sinusoids in pairs.");
        foreach (var (key, value, expected) in new[] { ("added_emb_type", AddedEmbType, Prediction), ("encoder_hid_proj_type", EncoderHidProjType, LinearProjection) })
        {
            if (value != expected) throw new WeightsException($"'{path}' has {key} = {value ?? "null"}; supported is {expected} ({Kind}).");
        }
        if (TimeEmbedActFn is not (Silu or Gelu)) throw new WeightsException($"'{path}' has time_embed_act_fn = {TimeEmbedActFn}; supported are {Silu} and {Gelu}.");
        foreach (var (key, norm) in new[] { ("norm_in_type", NormInType), ("embedding_proj_norm_type", EmbeddingProjNormType) })
        {
            if (norm is not (null or Layer)) throw new WeightsException($"'{path}' has {key} = {norm}; supported are null and {Layer}.");
        }
        foreach (var (key, width) in new[] { ("clip_embed_dim", ClipEmbedDim), ("embedding_proj_dim", EmbeddingProjDim) })
        {
            if (width is { } other && other != EmbeddingDim)
                throw new WeightsException($"'{path}' has {key} = {other} and embedding_dim = {EmbeddingDim}; in unCLIP all of CLIP's embeddings have the same width.");
        }
    }
}
