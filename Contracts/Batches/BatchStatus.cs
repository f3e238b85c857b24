namespace RenderFarm.Contracts.Batches;

/// <summary>Answer of <c>GET /v1/batches/{id}</c>.</summary>
public sealed record BatchStatus
{
    public required Guid Id { get; init; }
    public required string Tenant { get; init; }
    public required BatchState State { get; init; }
    public required BatchCounts Counts { get; init; }
    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>When the last job reached a terminal state.</summary>
    public DateTimeOffset? FinishedAt { get; init; }

    /// <summary>Path of the batch's jobs in the API.</summary>
    public required string JobsUrl { get; init; }
}
