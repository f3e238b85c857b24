namespace RenderFarm.Contracts.Models;

/// <summary>A model known to the farm.</summary>
public sealed record ModelStatus
{
    public required string Name { get; init; }

    /// <summary>Taken by jobs that name no model.</summary>
    public required bool IsDefault { get; init; }

    /// <summary>Whether a worker has reported for it lately.</summary>
    public required bool IsServed { get; init; }

    /// <summary>Whether the operator holds back its jobs.</summary>
    public bool IsPaused { get; init; }
    public required IReadOnlyList<StageDescription> Stages { get; init; }

    /// <summary>What it can use pictures for: start, mask, reference.</summary>
    public IReadOnlyList<string> Inputs { get; init; } = [];
}
