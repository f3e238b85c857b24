using System.Globalization;

namespace RenderFarm.Diffusion.Cascades.Requests;

/// <summary>The settings a stage really drew with.</summary>
/// <param name="Key">stage1, stage2 …</param>
/// <param name="Sampler">As in <see cref="StageSettings.Sampler"/>; null for a stage that is no diffusion.</param>
/// <param name="Steps">Number of steps, or of tokens.</param>
/// <param name="Timesteps">The list that was asked for, or null if the steps were spread evenly.</param>
/// <param name="Guidance">Guidance scale.</param>
/// <param name="NoiseLevel">For super-resolution stages.</param>
/// <param name="Dtype">Number format of the network: float32, bfloat16 or float16.</param>
public sealed record StageProvenance(string Key, string? Sampler, int Steps, string? Timesteps, double Guidance, int? NoiseLevel, string Dtype)
{
    /// <summary>DDIM's share of fresh noise; null for other samplers, which have none.</summary>
    public required double? Eta { get; init; }

    /// <summary>SHA-256 of the scheduler's configuration file, in lower-case hexadecimal; null for a stage without.</summary>
    public required string? SchedulerSha256 { get; init; }

    /// <summary>For super-resolution stages, that of the scheduler which puts noise on the smaller picture.</summary>
    public string? NoisingSha256 { get; init; }

    /// <summary>How much of the way from noise was gone over a start picture; null where there was none.</summary>
    public double? Strength { get; init; }

    /// <summary>Whether what stays behind a mask had each step's noise; false without a start picture.</summary>
    public bool MaskNoise { get; init; }

    /// <summary>Stages that write tokens: how many of the likeliest ones were drawn from.</summary>
    public int? TopK { get; init; }

    /// <summary>Stages that write tokens: what their logits were divided by.</summary>
    public double? Temperature { get; init; }

    /// <summary>unCLIP: the prior's sampling steps; <see cref="Steps"/> are the decoder's.</summary>
    public int? PriorSteps { get; init; }

    /// <summary>unCLIP: the prior's guidance scale; <see cref="Guidance"/> is the decoder's.</summary>
    public double? PriorGuidance { get; init; }

    /// <summary>unCLIP: the super-resolution's sampling steps.</summary>
    public int? SuperResolutionSteps { get; init; }

    /// <summary>In one line, as it is stored in a picture.</summary>
    public override string ToString()
    {
        FormattableString common = $"steps={Steps} guidance={Guidance} dtype={Dtype}";
        var text = common.ToString(CultureInfo.InvariantCulture);
        if (Sampler is not null) text = $"sampler={Sampler} {text}";
        if (Timesteps is not null) text += $" timesteps={Timesteps}";
        if (NoiseLevel is { } level) text += string.Create(CultureInfo.InvariantCulture, $" noise_level={level}");
        if (Eta is { } eta) text += string.Create(CultureInfo.InvariantCulture, $" eta={eta}");
        if (Strength is { } strength) text += string.Create(CultureInfo.InvariantCulture, $" strength={strength}");
        if (MaskNoise) text += " mask_noise=true";
        if (TopK is { } topK) text += string.Create(CultureInfo.InvariantCulture, $" top_k={topK} temperature={Temperature}");
        if (PriorSteps is { } prior) text += string.Create(CultureInfo.InvariantCulture, $" prior_steps={prior} prior_guidance={PriorGuidance} super_resolution_steps={SuperResolutionSteps}");
        if (SchedulerSha256 is { } scheduler) text += $" scheduler_sha256={scheduler}";
        return NoisingSha256 is { } noising ? $"{text} noising_sha256={noising}" : text;
    }
}
