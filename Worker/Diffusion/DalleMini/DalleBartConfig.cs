using RenderFarm.Diffusion.Weights;

namespace RenderFarm.Diffusion.DalleMini;

/// <summary>
/// The structure of DALL-E Mini's transformer, as its config.json states it (dalle-mini, model/configuration.py): the "normformer" kind with gated
/// linear units that was published, mini and mega.
/// </summary>
internal sealed record DalleBartConfig
{
    /// <summary>D: width of the states.</summary>
    public required long DModel { get; init; }

    /// <summary>Rows of the text's embedding table.</summary>
    public required long EncoderVocabSize { get; init; }

    /// <summary>Rows of the picture tokens' embedding table, less one for the token that begins.</summary>
    public required long ImageVocabSize { get; init; }

    /// <summary>T: tokens of a picture, row by row.</summary>
    public long ImageLength { get; init; } = 256;

    /// <summary>L: tokens of a prompt, padding included.</summary>
    public int MaxTextLength { get; init; } = 64;

    public required int EncoderLayers { get; init; }

    public required int DecoderLayers { get; init; }

    public required long EncoderAttentionHeads { get; init; }

    public required long DecoderAttentionHeads { get; init; }

    /// <summary>Inner width of the encoder's gated linear units.</summary>
    public required long EncoderFfnDim { get; init; }

    /// <summary>Inner width of the decoder's gated linear units.</summary>
    public required long DecoderFfnDim { get; init; }

    /// <summary>The token from which a picture begins; null for the one behind the picture's.</summary>
    public long? DecoderStartTokenId { get; init; }

    /// <summary>Whether prompts are normalised (<see cref="PromptNormalizer"/>) before they are cut into tokens.</summary>
    public bool NormalizeText { get; init; }

    /// <summary>Whether norms in front of dense layers have a scale; without, they only shift.</summary>
    public bool ForceLnScale { get; init; }

    /// <summary>As <see cref="DecoderStartTokenId"/>, filled in.</summary>
    public long StartToken => DecoderStartTokenId ?? ImageVocabSize;

    private const string Kind = "a DALL-E Mini transformer";

    private const long LargestVocabulary = 1 << 24, Widest = 1 << 16, MostLayers = 200, LongestPicture = 1 << 14, LongestText = 1 << 14;

    private static readonly (string Key, string Expected)[] Fixed =
    [
        ("model_type", "\"dallebart\""), ("activation_function", "\"gelu\""), ("ln_positions", "\"normformer\""), ("ln_type", "\"layernorm\""), ("use_glu", "true"),
        ("use_bias", "false"), ("use_head_scale", "false"), ("use_cosine_attention", "false"), ("use_absolute_position_embeddings", "true"),
        ("use_swin_position_embeddings", "false"), ("use_deepnet_scaling", "false"), ("use_alibi", "false"), ("sinkhorn_iters", "1"), ("use_final_ln_encoder", "true"),
        ("use_final_ln_decoder", "true"), ("scale_embedding", "false"), ("tie_word_embeddings", "false"),
    ];

    /// <exception cref="WeightsException">The file is missing, no such configuration, or of a network that there is no code for; names key and value.</exception>
    public static DalleBartConfig Load(string path)
    {
        var config = ConfigText.Read<DalleBartConfig>(path, Kind, Fixed);
        ConfigText.CheckSizes(path,
            ("d_model", config.DModel, Widest), ("encoder_vocab_size", config.EncoderVocabSize, LargestVocabulary), ("image_vocab_size", config.ImageVocabSize, LargestVocabulary),
            ("image_length", config.ImageLength, LongestPicture), ("max_text_length", config.MaxTextLength, LongestText), ("encoder_layers", config.EncoderLayers, MostLayers),
            ("decoder_layers", config.DecoderLayers, MostLayers), ("encoder_attention_heads", config.EncoderAttentionHeads, Widest),
            ("decoder_attention_heads", config.DecoderAttentionHeads, Widest), ("encoder_ffn_dim", config.EncoderFfnDim, Widest), ("decoder_ffn_dim", config.DecoderFfnDim, Widest));
        foreach (var (key, heads) in new[] { ("encoder_attention_heads", config.EncoderAttentionHeads), ("decoder_attention_heads", config.DecoderAttentionHeads) })
        {
            if (config.DModel % heads != 0) throw new WeightsException($"'{path}' has {key} = {heads}, which does not divide d_model = {config.DModel}.");
        }
        if (config.MaxTextLength < 2) throw new WeightsException($"'{path}' has max_text_length = {config.MaxTextLength}; expected is at least 2, for begin and end.");
        if (config.StartToken < 0 || config.StartToken > config.ImageVocabSize)
            throw new WeightsException($"'{path}' has decoder_start_token_id = {config.StartToken}; expected is 0 to image_vocab_size = {config.ImageVocabSize}.");
        return config;
    }

    /// <summary>
    /// The same, with what the published files say otherwise than their configurations: the inner widths, and which norms have a scale. A width that only
    /// some of the layers have is found when keys and shapes are compared.
    /// </summary>
    public DalleBartConfig FittedTo(IWeights weights) => this with
    {
        EncoderFfnDim = InnerWidth(weights, "encoder") ?? EncoderFfnDim,
        DecoderFfnDim = InnerWidth(weights, "decoder") ?? DecoderFfnDim,
        ForceLnScale = weights.Names.Contains("model.encoder.final_ln.weight"),
    };

    private static long? InnerWidth(IWeights weights, string side)
    {
        var name = $"model.{side}.layers.0.GLU_0.Dense_0.weight";
        return weights.Names.Contains(name) && weights.KindOf(name).Shape is [> 0 and <= Widest, _] shape ? shape[0] : null;
    }
}
