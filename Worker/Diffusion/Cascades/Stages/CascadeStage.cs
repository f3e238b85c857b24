namespace RenderFarm.Diffusion.Cascades.Stages;

/// <summary>A stage of a loaded cascade, with its defaults.</summary>
public sealed record CascadeStage
{
    /// <summary>stage1, stage2 …</summary>
    public required string Key { get; init; }

    /// <summary>Height and width of its pictures, in pixels; of those drawn over a picture that is not square, the shorter side.</summary>
    public required int Size { get; init; }

    /// <summary>Sampling steps, or tokens.</summary>
    public required int Steps { get; init; }

    /// <summary>The list that is sampled, as settings write it; null where the steps are spread evenly.</summary>
    public string? Timesteps { get; init; }

    /// <summary>Guidance scale; at most 1 means none.</summary>
    public required double Guidance { get; init; }

    /// <summary>Noise put on the smaller picture first; null for a stage that takes none.</summary>
    public int? NoiseLevel { get; init; }

    /// <summary>The sampler's name; null for a stage that is no diffusion.</summary>
    public required string? Sampler { get; init; }

    /// <summary>Names that a request may give instead.</summary>
    public required IReadOnlyList<string> Samplers { get; init; }

    /// <summary>DDIM's share of fresh noise, where the model sets one.</summary>
    public double? Eta { get; init; }

    /// <summary>Whether it can begin with a picture instead of noise alone.</summary>
    public bool TakesStart { get; init; }

    /// <summary>Stages that write tokens: how many of the likeliest ones are drawn from; null for others.</summary>
    public int? TopK { get; init; }

    /// <summary>Stages that write tokens: what their logits are divided by; null for others.</summary>
    public double? Temperature { get; init; }

    /// <summary>unCLIP: the prior's sampling steps; null for others.</summary>
    public int? PriorSteps { get; init; }

    /// <summary>unCLIP: the prior's guidance scale; null for others.</summary>
    public double? PriorGuidance { get; init; }

    /// <summary>unCLIP: the super-resolution's sampling steps; null for others.</summary>
    public int? SuperResolutionSteps { get; init; }

    /// <summary>Names that a request may give as timesteps, with the number of their steps.</summary>
    public required IReadOnlyDictionary<string, int> TimestepLists { get; init; }
}
