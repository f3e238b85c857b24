namespace RenderFarm.Contracts.Models;

/// <summary>What a worker says about a model that it can render.</summary>
public sealed record ModelDescription
{
    public required string Name { get; init; }

    /// <summary>In the order in which they run.</summary>
    public required IReadOnlyList<StageDescription> Stages { get; init; }

    /// <summary>What it can use pictures for, of <see cref="Pictures.InputRole"/>.</summary>
    public IReadOnlyList<string> Inputs { get; init; } = [];
}
