namespace RenderFarm.Contracts.Messages;

/// <summary>A message that was given up.</summary>
public sealed record UndeliveredMessage
{
    /// <summary>The job that it was about; absent where it was about none.</summary>
    public Guid? JobId { get; init; }

    /// <summary>Why it was given up, and where it is now.</summary>
    public required string Reason { get; init; }
    public required DateTimeOffset At { get; init; }
}
