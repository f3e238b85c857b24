namespace RenderFarm.Contracts.Schedules;

/// <summary>Answer of <c>GET /v1/schedules/{id}</c>.</summary>
public sealed record ScheduleStatus
{
    public required Guid Id { get; init; }
    public required string Tenant { get; init; }
    public string? Name { get; init; }

    /// <summary>Absent for one that is due once.</summary>
    public string? Cron { get; init; }

    /// <summary>Absent for one that is due once.</summary>
    public string? TimeZone { get; init; }
    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>When it is due next; absent once it will never be again.</summary>
    public DateTimeOffset? NextAt { get; init; }

    /// <summary>When it was due last.</summary>
    public DateTimeOffset? LastAt { get; init; }

    /// <summary>Path of the batch made then, in the API.</summary>
    public string? LastBatchUrl { get; init; }

    /// <summary>Why no batch was made then.</summary>
    public string? LastError { get; init; }
}
