namespace RenderFarm.Contracts.Batches;

/// <summary>A batch's jobs by state. The states sum to <see cref="Total"/>.</summary>
public sealed record BatchCounts
{
    public required int Total { get; init; }
    public required int Queued { get; init; }
    public required int Running { get; init; }
    public required int Succeeded { get; init; }
    public required int Failed { get; init; }
    public required int Canceled { get; init; }
    public required int Expired { get; init; }
}
