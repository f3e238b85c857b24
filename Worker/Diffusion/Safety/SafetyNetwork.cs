using RenderFarm.Diffusion.Layers;
using RenderFarm.Diffusion.Vision;
using RenderFarm.Diffusion.Weights;
using TorchSharp;
using static TorchSharp.torch;
using Linear = RenderFarm.Diffusion.Layers.Linear;

namespace RenderFarm.Diffusion.Safety;

/// <summary>
/// DeepFloyd IF's safety checker (diffusers' IFSafetyChecker): CLIP's embedding of a picture, and on it a linear head for unsafe content and one for
/// watermarks.
/// </summary>
internal sealed class SafetyNetwork : nn.Module<Tensor, Tensor>
{
    private const string Prefix = "vision_model.";

    [ComponentName(Name = "vision_model")]
    private readonly ClipVisionEncoder _encoder;

    [ComponentName(Name = "p_head")]
    private readonly Linear _unsafe;

    [ComponentName(Name = "w_head")]
    private readonly Linear _watermark;

    /// <param name="config">The image encoder's; it ends in a projection whatever its architectures say.</param>
    /// <param name="placement">Where it computes.</param>
    public SafetyNetwork(ClipVisionConfig config, Placement placement) : base(nameof(SafetyNetwork))
    {
        _encoder = new ClipVisionEncoder(config with { Architectures = [ClipVisionConfig.WithProjection] }, placement);
        _unsafe = new Linear(config.ProjectionDim, 1, placement);
        _watermark = new Linear(config.ProjectionDim, 1, placement);
        RegisterComponents();
    }

    /// <summary>The network's key for a checkpoint's key, or null for what it does not need.</summary>
    public static string? Key(string name)
    {
        if (!name.StartsWith(Prefix, StringComparison.Ordinal)) return name;
        return ClipVisionEncoder.Key(name[Prefix.Length..]) is { } key ? Prefix + key : null;
    }

    /// <param name="input">As for <see cref="ClipVisionEncoder.forward"/>, [B, 3, H, W]</param>
    /// <returns>[B, 2]: how sure it is that the picture is unsafe, and that it shows a watermark</returns>
    public override Tensor forward(Tensor input)
    {
        using var scope = NewDisposeScope();
        var embeddings = _encoder.Embed(_encoder.call(input)); // [B, E]
        return cat([_unsafe.call(embeddings), _watermark.call(embeddings)], 1).MoveToOuterDisposeScope();
    }
}
