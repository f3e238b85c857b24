using RenderFarm.Contracts.Batches;
using RenderFarm.Contracts.Jobs;

namespace RenderFarm.Persistence.Dispatch;

/// <summary>Where a job stands among all others, at one moment.</summary>
public sealed record JobSituation
{
    public required DateTimeOffset At { get; init; }
    public required Guid Id { get; init; }
    public required JobState State { get; init; }
    public required string Tenant { get; init; }
    public required string Model { get; init; }
    public required Guid BatchId { get; init; }
    public required int Lane { get; init; }
    public required int Position { get; init; }
    public required int Attempts { get; init; }
    public string? Worker { get; init; }
    public DateTimeOffset? NotBefore { get; init; }
    public DateTimeOffset? DispatchedAt { get; init; }
    public DateTimeOffset? StartedAt { get; init; }
    public DateTimeOffset? FinishedAt { get; init; }

    /// <summary>As of the last heartbeat, while the job runs.</summary>
    public JobProgress? Progress { get; init; }
    public string? ErrorMessage { get; init; }
    public required BatchState BatchState { get; init; }
    public required bool IsModelPaused { get; init; }

    /// <summary>Names of the workers that reported lately for the job's model.</summary>
    public IReadOnlyList<string> Workers { get; init; } = [];

    /// <summary>Waiting jobs of its lane that come before it, counted up to <see cref="JobSituations.MaxCounted"/>.</summary>
    public int Ahead { get; init; }

    /// <summary>Messages of its model that wait for a worker.</summary>
    public int OnRunway { get; init; }

    /// <summary>Of them, those sent before its own; 0 where it has none.</summary>
    public int SentBefore { get; init; }

    /// <summary>What each tenant has of the model's workers.</summary>
    public IReadOnlyDictionary<string, TenantShare> Shares { get; init; } = new Dictionary<string, TenantShare>();

    /// <summary>The model's lanes from which may be drawn.</summary>
    public IReadOnlyList<WaitingLane> Lanes { get; init; } = [];
}
