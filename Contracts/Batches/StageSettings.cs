namespace RenderFarm.Contracts.Batches;

/// <summary>What a job may set for one stage of the cascade; what is left out takes the model's default.</summary>
public sealed record StageSettings
{
    /// <summary>Denoising steps of a diffusion stage, 1 to 1000; of an unCLIP those of its decoder, 2 to 1000. A job gives these or <see cref="Timesteps"/>; its status shows the length of the latter here.</summary>
    public int? Steps { get; init; }

    /// <summary>Classifier-free guidance scale, 0 to 100; 1 turns guidance off.</summary>
    public double? Guidance { get; init; }

    /// <summary>Noise conditioning augmentation of a super-resolution stage, 0 to 999.</summary>
    public int? NoiseLevel { get; init; }

    /// <summary>Sampler by name, one of those that the model lists for the stage.</summary>
    public string? Sampler { get; init; }

    /// <summary>
    /// The noise levels to sample: a list that the model names for the stage, or training steps in descending order, separated by commas.
    /// </summary>
    public string? Timesteps { get; init; }

    /// <summary>DDIM's share of fresh noise per step, 0 to 1; other samplers ignore it.</summary>
    public double? Eta { get; init; }

    /// <summary>
    /// With a start picture: how much of the way from noise is gone, above 0 to 1, so that of N steps int(N * strength) are taken. Default: the model's, 0.7 in the
    /// first stage (1 with a mask) and 0.8 in the others where it says nothing.
    /// </summary>
    public double? Strength { get; init; }

    /// <summary>With a mask: whether what stays has each step's noise while the rest is drawn. What stays is unchanged in the end either way.</summary>
    public bool? MaskNoise { get; init; }

    /// <summary>Of how many of the likeliest tokens a stage that writes tokens draws each, 1 to 1,000,000; more than there are means all.</summary>
    public int? TopK { get; init; }

    /// <summary>How freely a stage that writes tokens draws them, 0 (always the likeliest) to 100.</summary>
    public double? Temperature { get; init; }

    /// <summary>Steps of unCLIP's prior, 2 to 1000.</summary>
    public int? PriorSteps { get; init; }

    /// <summary>Guidance scale of unCLIP's prior, 0 to 100; 1 turns it off.</summary>
    public double? PriorGuidance { get; init; }

    /// <summary>Steps of unCLIP's super-resolution, 2 to 1000.</summary>
    public int? SuperResolutionSteps { get; init; }
}
