namespace RenderFarm.Contracts.Messages;

/// <summary>A paused batch goes on.</summary>
public sealed record BatchResumed
{
    public required Guid BatchId { get; init; }
    public required string Tenant { get; init; }
}
