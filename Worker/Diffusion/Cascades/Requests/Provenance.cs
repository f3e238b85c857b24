using System.Globalization;
using RenderFarm.Diffusion.Safety;

namespace RenderFarm.Diffusion.Cascades.Requests;

/// <summary>Where a picture comes from: with this and the model, it can be drawn again.</summary>
public sealed record Provenance
{
    /// <summary>The model's name in cascade.json.</summary>
    public required string Model { get; init; }

    /// <summary>SHA-256 over the model's weights; see <see cref="Cascade.WeightsSha256"/>.</summary>
    public required string WeightsSha256 { get; init; }

    /// <summary>As requested.</summary>
    public required string Prompt { get; init; }

    /// <summary>As requested.</summary>
    public required string NegativePrompt { get; init; }

    /// <summary>As requested.</summary>
    public required long Seed { get; init; }

    /// <summary>Number format of the text encoders: float32, bfloat16 or float16; null for a model whose stage encodes text itself.</summary>
    public required string? TextEncoderDtype { get; init; }

    /// <summary>
    /// What was done to the prompts before the first stage encoded them: plain (trimmed, lower case), caption (as DeepFloyd IF cleans captions) or none
    /// (CLIP's tokenizer takes them as they are); null for a model whose stage encodes text itself.
    /// </summary>
    public required string? PromptCleaning { get; init; }

    /// <summary>SHA-256 of the reference picture's file; null for none.</summary>
    public string? ReferenceSha256 { get; init; }

    /// <summary>The prompt that the model made of the reference picture and the words, and drew; null without a reference, or nothing drawn yet.</summary>
    public string? Reading { get; init; }

    /// <summary>SHA-256 of the start picture's file; null for none.</summary>
    public string? StartSha256 { get; init; }

    /// <summary>SHA-256 of its mask's file; null for none.</summary>
    public string? MaskSha256 { get; init; }

    /// <summary>SHA-256 of the weights of the safety checker that the picture had to pass; null for none.</summary>
    public string? SafetyCheckerSha256 { get; init; }

    /// <summary>What the checker said; null where there is none, or nothing drawn yet.</summary>
    public SafetyVerdict? Safety { get; init; }

    /// <summary>SHA-256 of the weights of the mark laid over the picture; null for none.</summary>
    public string? WatermarkSha256 { get; init; }

    /// <summary>Every stage's settings, in order.</summary>
    public required IReadOnlyList<StageProvenance> Stages { get; init; }

    /// <summary>RenderFarm's version.</summary>
    public required string Version { get; init; }

    /// <summary>As texts to be stored in a PNG.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> ToPngText() =>
    [
        new("Software", $"RenderFarm {Version}"),
        new("prompt", Prompt),
        new("negative_prompt", NegativePrompt),
        new("seed", Seed.ToString(CultureInfo.InvariantCulture)),
        new("model", Model),
        new("weights_sha256", WeightsSha256),
        .. ReferenceSha256 is null ? [] : (KeyValuePair<string, string>[])[new("reference_sha256", ReferenceSha256)],
        .. Reading is null ? [] : (KeyValuePair<string, string>[])[new("reading", Reading)],
        .. StartSha256 is null ? [] : (KeyValuePair<string, string>[])[new("start_sha256", StartSha256)],
        .. MaskSha256 is null ? [] : (KeyValuePair<string, string>[])[new("mask_sha256", MaskSha256)],
        .. TextEncoderDtype is null ? [] : (KeyValuePair<string, string>[])[new("text_encoder", $"dtype={TextEncoderDtype} cleaning={PromptCleaning}")],
        .. SafetyCheckerSha256 is null ? [] : (KeyValuePair<string, string>[])[new("safety_checker_sha256", SafetyCheckerSha256)],
        .. Safety is not { } verdict ? [] : (KeyValuePair<string, string>[])[new("safety", verdict.ToString().ToLowerInvariant())],
        .. WatermarkSha256 is null ? [] : (KeyValuePair<string, string>[])[new("watermark_sha256", WatermarkSha256)],
        .. Stages.Select(stage => new KeyValuePair<string, string>(stage.Key, stage.ToString())),
    ];
}
