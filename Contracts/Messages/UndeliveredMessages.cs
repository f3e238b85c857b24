namespace RenderFarm.Contracts.Messages;

/// <summary>
/// Answer of <c>GET /v1/undelivered</c>: messages to workers that were given up, and messages to the farm that could not be read or answered, of the last
/// 30 days and at most the newest 1,000, whichever process of the API took them up.
/// </summary>
public sealed record UndeliveredMessages
{
    public required int Count { get; init; }

    /// <summary>The newest, at most 20, the last one first.</summary>
    public required IReadOnlyList<UndeliveredMessage> Newest { get; init; }
}
