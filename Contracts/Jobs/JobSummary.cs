namespace RenderFarm.Contracts.Jobs;

/// <summary>One line of a page of jobs.</summary>
public sealed record JobSummary
{
    public required Guid Id { get; init; }
    public required string CustomId { get; init; }
    public required JobState State { get; init; }
    public required string Prompt { get; init; }
    public required long Seed { get; init; }
    public required int Attempts { get; init; }
    public JobError? Error { get; init; }

    /// <summary>Path of the job in the API.</summary>
    public required string Url { get; init; }
    public required IReadOnlyList<JobOutput> Outputs { get; init; }
}
