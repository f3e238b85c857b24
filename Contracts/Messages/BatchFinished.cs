using RenderFarm.Contracts.Batches;

namespace RenderFarm.Contracts.Messages;

/// <summary>Every job of a batch has reached a terminal state.</summary>
public sealed record BatchFinished
{
    public required Guid BatchId { get; init; }
    public required string Tenant { get; init; }
    public required BatchCounts Counts { get; init; }
}
