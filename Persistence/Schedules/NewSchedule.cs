namespace RenderFarm.Persistence.Schedules;

/// <summary>A validated schedule on its way into the database.</summary>
public sealed record NewSchedule
{
    public required string Tenant { get; init; }
    public string? Name { get; init; }
    public string? Cron { get; init; }
    public string? TimeZone { get; init; }
    public required string Batch { get; init; }

    /// <summary>Ids of the pictures that its batch names, which stay as long as it does.</summary>
    public IReadOnlyList<string> Pictures { get; init; } = [];
    public required DateTimeOffset NextAt { get; init; }
}
