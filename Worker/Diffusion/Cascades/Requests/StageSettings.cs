namespace RenderFarm.Diffusion.Cascades.Requests;

/// <summary>How one stage draws. What is null is taken from the model's <c>cascade.json</c>, then from the stage's own defaults.</summary>
public sealed record StageSettings
{
    /// <summary>
    /// Diffusion stages: number of sampling steps, 1 to the number of noise levels trained (usually 1000); others refuse it. Excludes <see cref="Timesteps"/>.
    /// </summary>
    public int? Steps { get; init; }

    /// <summary>Guidance scale, 0 to 1000; at most 1 means none, and the negative prompt is ignored.</summary>
    public double? Guidance { get; init; }

    /// <summary>
    /// Super-resolution stages: noise put on the smaller picture first, as a training step, 0 to 999. More gives the stage more freedom.
    /// </summary>
    public int? NoiseLevel { get; init; }

    /// <summary>ddpm, ddim, pndm, dpm-solver++, sde-dpm-solver++ or euler; null is the one the model's scheduler names.</summary>
    public string? Sampler { get; init; }

    /// <summary>
    /// The noise levels to sample: one of DeepFloyd IF's lists (fast27, smart27, smart50, smart100, smart185, super27, super40, super100),
    /// or training steps in descending order, separated by commas. Excludes <see cref="Steps"/>.
    /// </summary>
    public string? Timesteps { get; init; }

    /// <summary>DDIM's share of fresh noise per step, 0 (default) to 1; other samplers ignore it.</summary>
    public double? Eta { get; init; }

    /// <summary>
    /// With a start picture: how much of the way from noise is gone, 0 (excluded) to 1, so that of N steps int(N·strength) are taken. 0.7 by default in the first stage (1 with a
    /// mask), 0.8 in the others, as in diffusers. 1 leaves nothing of the picture but where a mask keeps it.
    /// </summary>
    public double? Strength { get; init; }

    /// <summary>With a mask: whether what stays has each step's noise while the rest is drawn, instead of being clean as in IF's pipelines; false by default. What stays is unchanged in the end either way.</summary>
    public bool? MaskNoise { get; init; }

    /// <summary>Stages that write tokens: how many of the likeliest ones are drawn from, 1 or more; others refuse it.</summary>
    public int? TopK { get; init; }

    /// <summary>Stages that write tokens: what their logits are divided by, 0 (the likeliest token) to 100; others refuse it.</summary>
    public double? Temperature { get; init; }

    /// <summary>unCLIP: sampling steps of the prior, which draws the picture's embedding, 2 to the number of noise levels trained; others refuse it. <see cref="Steps"/> are the decoder's.</summary>
    public int? PriorSteps { get; init; }

    /// <summary>unCLIP: the prior's guidance scale, 0 to 1000; others refuse it. <see cref="Guidance"/> is the decoder's.</summary>
    public double? PriorGuidance { get; init; }

    /// <summary>unCLIP: sampling steps of the super-resolution, 2 to the number of noise levels trained; others refuse it.</summary>
    public int? SuperResolutionSteps { get; init; }

    /// <summary>These settings, with <paramref name="defaults"/> where they say nothing. Steps and Timesteps replace each other.</summary>
    internal StageSettings Over(StageSettings defaults) => new()
    {
        Steps = Steps ?? (Timesteps is null ? defaults.Steps : null),
        Timesteps = Timesteps ?? (Steps is null ? defaults.Timesteps : null),
        Guidance = Guidance ?? defaults.Guidance,
        NoiseLevel = NoiseLevel ?? defaults.NoiseLevel,
        Sampler = Sampler ?? defaults.Sampler,
        Eta = Eta ?? defaults.Eta,
        Strength = Strength ?? defaults.Strength,
        MaskNoise = MaskNoise ?? defaults.MaskNoise,
        TopK = TopK ?? defaults.TopK,
        Temperature = Temperature ?? defaults.Temperature,
        PriorSteps = PriorSteps ?? defaults.PriorSteps,
        PriorGuidance = PriorGuidance ?? defaults.PriorGuidance,
        SuperResolutionSteps = SuperResolutionSteps ?? defaults.SuperResolutionSteps,
    };
}
