using RenderFarm.Contracts.Batches;
using RenderFarm.Contracts.Pictures;

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

    /// <summary>The tenant's pictures that it names, by role.</summary>
    public IReadOnlyDictionary<string, InputPicture> Inputs { get; init; } = None;

    /// <summary>No pictures; one object for all jobs without.</summary>
    public static IReadOnlyDictionary<string, InputPicture> None { get; } = new Dictionary<string, InputPicture>();
}
