namespace RenderFarm.Contracts.Messages;

/// <summary>A job will not be tried again.</summary>
public sealed record JobFailed
{
    public required Guid JobId { get; init; }
    public required Guid BatchId { get; init; }
    public required string CustomId { get; init; }
    public required string Kind { get; init; }
    public required string Message { get; init; }
}
