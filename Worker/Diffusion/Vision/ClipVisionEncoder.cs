using RenderFarm.Diffusion.Layers;
using RenderFarm.Diffusion.Text;
using TorchSharp;
using static TorchSharp.torch;
using LayerNorm = RenderFarm.Diffusion.Layers.LayerNorm;
using Linear = RenderFarm.Diffusion.Layers.Linear;

namespace RenderFarm.Diffusion.Vision;

/// <summary>
/// CLIP's image encoder (Radford et al. 2021), a vision transformer that turns pictures into states. Written against transformers' CLIPVisionModel and
/// CLIPVisionModelWithProjection; differentiable.
/// </summary>
internal sealed class ClipVisionEncoder : nn.Module<Tensor, Tensor>
{
    /// <summary>Published files name all but the projection so.</summary>
    private const string Prefix = "vision_model.";

    /// <summary>0, 1, 2 …, which older files hold.</summary>
    private const string PositionIds = "embeddings.position_ids";

    private readonly long _side;

    [ComponentName(Name = "embeddings")]
    private readonly ClipVisionEmbeddings _embeddings;

    [ComponentName(Name = "pre_layrnorm")] // sic
    private readonly LayerNorm _firstNorm;

    [ComponentName(Name = "encoder")]
    private readonly ClipStack _encoder;

    [ComponentName(Name = "post_layernorm")]
    private readonly LayerNorm _lastNorm;

    [ComponentName(Name = "visual_projection")]
    private readonly Linear? _projection;

    public ClipVisionEncoder(ClipVisionConfig config, Placement placement) : base(nameof(ClipVisionEncoder))
    {
        _side = config.ImageSize;
        _embeddings = new ClipVisionEmbeddings(config, placement);
        _firstNorm = new LayerNorm(config.HiddenSize, config.LayerNormEps, placement);
        _encoder = new ClipStack(config, placement);
        _lastNorm = new LayerNorm(config.HiddenSize, config.LayerNormEps, placement);
        _projection = config.HasProjection ? new Linear(config.HiddenSize, config.ProjectionDim, placement, bias: false) : null;
        RegisterComponents();
    }

    /// <summary>The encoder's key for a checkpoint's key, or null for what it does not need.</summary>
    public static string? Key(string name)
    {
        var key = name.StartsWith(Prefix, StringComparison.Ordinal) ? name[Prefix.Length..] : name;
        return key == PositionIds ? null : key;
    }

    /// <summary>A published file's key for the encoder's key.</summary>
    public static string FileKey(string name) => name.StartsWith("visual_projection", StringComparison.Ordinal) ? name : Prefix + name;

    /// <summary>transformers' last_hidden_state.</summary>
    /// <param name="input">Pixels less the mean over the deviation, [B, 3, H, W]</param>
    /// <returns>[B, S, D]: of the whole, then of each patch, row by row</returns>
    public override Tensor forward(Tensor input)
    {
        if (input.dim() != 4 || input.shape[1] != 3 || input.shape[2] != _side || input.shape[3] != _side)
            throw new ArgumentException($"The pictures are [{string.Join(", ", input.shape)}]; expected is [B, 3, {_side}, {_side}].", nameof(input));
        using var scope = NewDisposeScope();
        return _encoder.call(_firstNorm.call(_embeddings.call(input))).MoveToOuterDisposeScope();
    }

    /// <summary>The states, each normalised as transformers normalises that of the whole picture.</summary>
    /// <param name="pixels">As for <see cref="forward"/>.</param>
    /// <returns>[B, S, D]</returns>
    public Tensor NormalizedStates(Tensor pixels)
    {
        using var scope = NewDisposeScope();
        return _lastNorm.call(call(pixels)).MoveToOuterDisposeScope();
    }

    /// <summary>transformers' image_embeds.</summary>
    /// <param name="states">What <see cref="forward"/> gave, [B, S, D].</param>
    /// <returns>[B, E]</returns>
    /// <exception cref="InvalidOperationException">The network has no projection.</exception>
    public Tensor Embed(Tensor states)
    {
        if (_projection is null) throw new InvalidOperationException("This image encoder ends in states; one of CLIPVisionModelWithProjection gives embeddings.");
        using var scope = NewDisposeScope();
        return _projection.call(_lastNorm.call(states.select(1, 0))).MoveToOuterDisposeScope();
    }
}
