using RenderFarm.Diffusion.Layers;
using TorchSharp;
using static TorchSharp.torch;
using LayerNorm = RenderFarm.Diffusion.Layers.LayerNorm;
using Linear = RenderFarm.Diffusion.Layers.Linear;

namespace RenderFarm.Diffusion.UnClip;

/// <summary>
/// What the decoder is told (Ramesh et al. 2022, section 2.1): the picture's embedding as tokens before the text's states, and text and picture as a
/// vector that is added to the time embedding.
/// </summary>
internal sealed class TextProjection : nn.Module<Tensor, EncodedTexts, (Tensor States, Tensor Vector)>
{
    private readonly TextProjectionConfig _config;

    [ComponentName(Name = "learned_classifier_free_guidance_embeddings")]
    private readonly Parameter _noPicture;

    [ComponentName(Name = "embedding_proj")]
    private readonly Linear _textVector;

    [ComponentName(Name = "clip_image_embeddings_project_to_time_embeddings")]
    private readonly Linear _pictureVector;

    [ComponentName(Name = "clip_extra_context_tokens_proj")]
    private readonly Linear _pictureTokens;

    [ComponentName(Name = "encoder_hidden_states_proj")]
    private readonly Linear _textStates;

    [ComponentName(Name = "text_encoder_hidden_states_norm")]
    private readonly LayerNorm _textNorm;

    public TextProjection(TextProjectionConfig config, Placement placement) : base(nameof(TextProjection))
    {
        (_config, Placement) = (config, placement);
        var width = config.ClipEmbeddingsDim;
        _noPicture = placement.Parameter(width);
        (_textVector, _pictureVector) = (new Linear(width, config.TimeEmbedDim, placement), new Linear(width, config.TimeEmbedDim, placement));
        _pictureTokens = new Linear(width, (long)config.ClipExtraContextTokens * config.CrossAttentionDim, placement);
        _textStates = new Linear(width, config.CrossAttentionDim, placement);
        _textNorm = new LayerNorm(config.CrossAttentionDim, PriorBlock.Epsilon, placement);
        RegisterComponents();
    }

    /// <summary>Where its parameters live.</summary>
    public Placement Placement { get; }

    /// <param name="pictures">CLIP's embeddings of the B pictures to be drawn [B, D]; of the B' texts, those before the last B go with no picture</param>
    /// <param name="texts">B' texts</param>
    /// <returns>states [B', T + L, X] and vector [B', E]</returns>
    public override (Tensor States, Tensor Vector) forward(Tensor pictures, EncodedTexts texts)
    {
        using var scope = NewDisposeScope();
        var without = texts.Embeddings.shape[0] - pictures.shape[0];
        var told = pictures.to(Placement.Dtype);
        if (without > 0) told = cat([_noPicture.unsqueeze(0).expand(without, -1), told], 0); // [B', D]
        var vector = _pictureVector.call(told).Plus(_textVector.call(texts.Embeddings.to(Placement.Dtype)));
        var tokens = _pictureTokens.call(told).unflatten(1, [-1, _config.ClipExtraContextTokens]).transpose(1, 2); // [B', T, X]
        var states = _textNorm.call(_textStates.call(texts.States.to(Placement.Dtype))); // [B', L, X]
        return (cat([tokens, states], 1).MoveToOuterDisposeScope(), vector.MoveToOuterDisposeScope());
    }
}
