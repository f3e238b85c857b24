namespace RenderFarm.Contracts.Batches;

/// <summary>Answer of <c>GET /v1/batches</c>: the newest first.</summary>
public sealed record BatchPage
{
    public required IReadOnlyList<BatchStatus> Items { get; init; }

    /// <summary>Value of <c>after</c> that gives the next page; absent on the last one.</summary>
    public string? Next { get; init; }
}
