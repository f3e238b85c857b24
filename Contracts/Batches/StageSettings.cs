namespace RenderFarm.Contracts.Batches;

/// <summary>What a job may set for one stage of the cascade; what is left out takes the model's default.</summary>
public sealed record StageSettings
{
    /// <summary>Denoising steps, 1 to 1000.</summary>
    public int? Steps { get; init; }

    /// <summary>Classifier-free guidance scale, 0 to 100; 1 turns guidance off.</summary>
    public double? Guidance { get; init; }

    /// <summary>Noise conditioning augmentation of a super-resolution stage, 0 to 999.</summary>
    public int? NoiseLevel { get; init; }

    /// <summary>Sampler by name, one of those that the model lists for the stage.</summary>
    public string? Sampler { get; init; }
}
