using RenderFarm.Diffusion.Weights;

namespace RenderFarm.Diffusion.UnClip;

/// <summary>The structure of what turns CLIP's embeddings into what the decoder is told, as its config.json states it (diffusers' UnCLIPTextProjModel).</summary>
internal sealed record TextProjectionConfig
{
    /// <summary>T: tokens that the picture's embedding becomes.</summary>
    public int ClipExtraContextTokens { get; init; } = 4;

    /// <summary>D: width of CLIP's embeddings and of the text's states.</summary>
    public int ClipEmbeddingsDim { get; init; } = 768;

    /// <summary>E: width of the decoder's time embedding.</summary>
    public required int TimeEmbedDim { get; init; }

    /// <summary>X: width of the states that the decoder's attention sees.</summary>
    public required int CrossAttentionDim { get; init; }

    private const string Kind = "unCLIP's text projection (UnCLIPTextProjModel)";

    private const int Widest = 1 << 16, MostTokens = 1000;

    /// <exception cref="WeightsException">The file is missing or no such configuration; names key and value.</exception>
    public static TextProjectionConfig Load(string path)
    {
        var config = ConfigText.Read<TextProjectionConfig>(path, Kind, [("_class_name", "\"UnCLIPTextProjModel\"")]);
        ConfigText.CheckSizes(path,
            ("clip_extra_context_tokens", config.ClipExtraContextTokens, MostTokens), ("clip_embeddings_dim", config.ClipEmbeddingsDim, Widest),
            ("time_embed_dim", config.TimeEmbedDim, Widest), ("cross_attention_dim", config.CrossAttentionDim, Widest));
        return config;
    }
}
