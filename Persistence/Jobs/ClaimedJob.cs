using RenderFarm.Contracts.Batches;
using RenderFarm.Contracts.Pictures;

namespace RenderFarm.Persistence.Jobs;

/// <summary>A job that this worker has, and what to draw.</summary>
public sealed record ClaimedJob
{
    public required Guid Id { get; init; }

    /// <summary>To be carried by every write about the job.</summary>
    public required int Epoch { get; init; }
    public required int Attempts { get; init; }
    public required Guid BatchId { get; init; }
    public required string Tenant { get; init; }
    public required string CustomId { get; init; }
    public required string Model { get; init; }
    public required DateTimeOffset CreatedAt { get; init; }
    public required string Prompt { get; init; }
    public string? NegativePrompt { get; init; }
    public required long Seed { get; init; }
    public required IReadOnlyDictionary<string, StageSettings> Settings { get; init; }

    /// <summary>Pictures that it names, by role.</summary>
    public IReadOnlyDictionary<string, InputPicture> Inputs { get; init; } = new Dictionary<string, InputPicture>();
}
