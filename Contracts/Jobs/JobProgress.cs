namespace RenderFarm.Contracts.Jobs;

/// <summary>How far a running job is, as of its worker's last heartbeat.</summary>
public sealed record JobProgress
{
    public required string Stage { get; init; }

    /// <summary>Steps done in this stage.</summary>
    public required int Step { get; init; }
    public required int Steps { get; init; }
}
