namespace RenderFarm.Contracts.Messages;

/// <summary>A job's pictures are committed.</summary>
public sealed record JobSucceeded
{
    public required Guid JobId { get; init; }
    public required Guid BatchId { get; init; }
    public required string CustomId { get; init; }

    /// <summary>Object keys of the pictures, in order.</summary>
    public required IReadOnlyList<string> Keys { get; init; }
}
