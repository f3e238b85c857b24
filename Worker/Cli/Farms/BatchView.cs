using RenderFarm.Contracts.Batches;

namespace RenderFarm.Cli.Farms;

/// <summary>A batch at one moment.</summary>
/// <param name="Batch">State and counts.</param>
/// <param name="Now">What the group that is being rendered is doing; null while none is.</param>
/// <param name="Left">About how long the rest will take; null as long as nothing can be said.</param>
internal sealed record BatchView(BatchStatus Batch, GroupProgress? Now, TimeSpan? Left)
{
    /// <summary>What keeps the farm from going on; null where nothing does.</summary>
    public string? Fault { get; init; }

    /// <summary>Jobs that reached an end, good or bad.</summary>
    public int Ended => Batch.Counts.Total - Batch.Counts.Queued - Batch.Counts.Running;
}
