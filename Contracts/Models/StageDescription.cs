namespace RenderFarm.Contracts.Models;

/// <summary>One stage of a model, with the defaults that jobs may override.</summary>
public sealed record StageDescription
{
    public required string Name { get; init; }

    /// <summary>Pixels of the stage's picture.</summary>
    public required int Width { get; init; }
    public required int Height { get; init; }

    /// <summary>What progress is counted in: sampling steps, or the tokens of a stage that writes tokens, where they are no setting.</summary>
    public required int Steps { get; init; }

    /// <summary>The list that the stage samples by default; absent where its steps are spread evenly.</summary>
    public string? Timesteps { get; init; }
    public required double Guidance { get; init; }

    /// <summary>Absent where the stage takes none.</summary>
    public int? NoiseLevel { get; init; }

    /// <summary>Absent where the stage has none to choose: it writes tokens, or is an unCLIP.</summary>
    public string? Sampler { get; init; }

    /// <summary>Names that a job may give as sampler.</summary>
    public required IReadOnlyList<string> Samplers { get; init; }

    /// <summary>Absent where it is the sampler's own, 0.</summary>
    public double? Eta { get; init; }

    /// <summary>Whether the stage can begin with a picture, and so takes strength and mask_noise.</summary>
    public bool TakesStart { get; init; }

    /// <summary>Absent where the stage writes no tokens.</summary>
    public int? TopK { get; init; }

    /// <summary>Absent where the stage writes no tokens.</summary>
    public double? Temperature { get; init; }

    /// <summary>Absent where the stage is no unCLIP.</summary>
    public int? PriorSteps { get; init; }

    /// <summary>Absent where the stage is no unCLIP.</summary>
    public double? PriorGuidance { get; init; }

    /// <summary>Absent where the stage is no unCLIP.</summary>
    public int? SuperResolutionSteps { get; init; }

    /// <summary>Names that a job may give as timesteps, with the number of their steps.</summary>
    public IReadOnlyDictionary<string, int> TimestepLists { get; init; } = new Dictionary<string, int>();
}
