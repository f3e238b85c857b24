namespace RenderFarm.Contracts.Messages;

/// <summary>
/// Answer of <c>GET /v1/undelivered</c>: messages to workers that were given up, and messages to the farm that could not be read or answered, as
/// far as this process of the API has taken them up.
/// </summary>
public sealed record UndeliveredMessages
{
    /// <summary>Since the process started.</summary>
    public required int Count { get; init; }

    /// <summary>The job of the last one; absent where it was about none.</summary>
    public Guid? LastJobId { get; init; }

    /// <summary>Why the last one was given up.</summary>
    public string? LastReason { get; init; }
    public DateTimeOffset? LastAt { get; init; }
}
