namespace RenderFarm.Contracts.Models;

/// <summary>One stage of a model, with the defaults that jobs may override.</summary>
public sealed record StageDescription
{
    public required string Name { get; init; }

    /// <summary>Pixels of the stage's picture.</summary>
    public required int Width { get; init; }
    public required int Height { get; init; }
    public required int Steps { get; init; }
    public required double Guidance { get; init; }

    /// <summary>Absent where the stage takes none.</summary>
    public int? NoiseLevel { get; init; }
    public required string Sampler { get; init; }

    /// <summary>Names that a job may give as sampler.</summary>
    public required IReadOnlyList<string> Samplers { get; init; }
}
