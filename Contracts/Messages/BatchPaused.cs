namespace RenderFarm.Contracts.Messages;

/// <summary>Nothing more of a batch is begun until it is resumed; what was running goes on to its end.</summary>
public sealed record BatchPaused
{
    public required Guid BatchId { get; init; }
    public required string Tenant { get; init; }
}
