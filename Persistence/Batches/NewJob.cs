using RenderFarm.Contracts.Batches;

namespace RenderFarm.Persistence.Batches;

/// <summary>A validated job on its way into the database, every default filled in.</summary>
public sealed record NewJob
{
    public required string CustomId { get; init; }
    public required string Model { get; init; }
    public required int Priority { get; init; }
    public required string Prompt { get; init; }
    public string? NegativePrompt { get; init; }
    public required long Seed { get; init; }
    public required IReadOnlyDictionary<string, StageSettings> Settings { get; init; }
}
