namespace RenderFarm.Contracts.Messages;

/// <summary>A batch is stored and will be rendered: the answer to its submission by message, and told to subscribers however it was submitted.</summary>
public sealed record BatchAccepted
{
    public required Guid BatchId { get; init; }
    public required string Tenant { get; init; }

    /// <summary>Id of the message that submitted it, Idempotency-Key of the request, or "schedule ID TIME"; absent where a request had none.</summary>
    public string? Key { get; init; }

    /// <summary>Number of its jobs.</summary>
    public required int Jobs { get; init; }
}
