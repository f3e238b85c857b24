namespace RenderFarm.Contracts.Batches;

/// <summary>Body of <c>POST /v1/batches</c> as application/json. Its fields may come in any order.</summary>
public sealed record BatchRequest
{
    /// <summary>Model of jobs that name none.</summary>
    public string? Model { get; init; }

    /// <summary>Priority of jobs that name none.</summary>
    public int? Priority { get; init; }

    /// <summary>1 to 100,000 jobs, of at most 256 KiB each.</summary>
    public required IReadOnlyList<JobRequest> Jobs { get; init; }
}
