using RenderFarm.Contracts.Batches;

namespace RenderFarm.Api.Batches;

/// <summary>What became of a submission: a batch, or errors.</summary>
internal sealed record SubmissionOutcome
{
    /// <summary>The batch that it made, now or the first time it came; where <see cref="IsKeyReused"/>, the one that another made with its key.</summary>
    public Guid BatchId { get; init; }

    /// <summary>Number of its jobs.</summary>
    public int Jobs { get; init; }

    /// <summary>What is wrong with it; empty where it was accepted.</summary>
    public IReadOnlyList<InputError> Errors { get; init; } = [];

    /// <summary>Whether all that is wrong with it is that its key made another batch.</summary>
    public bool IsKeyReused { get; init; }
}
