namespace RenderFarm.Contracts.Messages;

/// <summary>Jobs that were running are canceled; whoever renders them stops at the next step.</summary>
public sealed record JobsCanceled
{
    public required Guid BatchId { get; init; }
    public required IReadOnlyList<Guid> JobIds { get; init; }
}
