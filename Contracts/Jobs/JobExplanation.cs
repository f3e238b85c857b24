namespace RenderFarm.Contracts.Jobs;

/// <summary>Answer of <c>GET /v1/jobs/{id}/explain</c>: why the job waits, or where it is.</summary>
public sealed record JobExplanation
{
    public required Guid Id { get; init; }
    public required JobState State { get; init; }

    /// <summary>All reasons in words.</summary>
    public required string Summary { get; init; }

    /// <summary>At least one; what must end first comes first.</summary>
    public required IReadOnlyList<JobReason> Reasons { get; init; }

    /// <summary>The worker that has the job, or had it last.</summary>
    public string? Worker { get; init; }

    /// <summary>Workers that report now and render the job's model; empty once it is finished.</summary>
    public required IReadOnlyList<string> Workers { get; init; }
}
