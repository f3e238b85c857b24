namespace RenderFarm.Contracts.Jobs;

/// <summary>Answer of <c>GET /v1/batches/{id}/jobs</c>: in the order of submission.</summary>
public sealed record JobPage
{
    public required IReadOnlyList<JobSummary> Items { get; init; }

    /// <summary>Value of <c>after</c> that gives the next page; absent on the last one.</summary>
    public string? Next { get; init; }
}
