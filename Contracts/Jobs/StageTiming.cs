namespace RenderFarm.Contracts.Jobs;

/// <summary>Seconds that a stage took for the group in which the job was rendered.</summary>
public sealed record StageTiming
{
    public required string Stage { get; init; }
    public required double Seconds { get; init; }
}
