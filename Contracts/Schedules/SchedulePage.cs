namespace RenderFarm.Contracts.Schedules;

/// <summary>Answer of <c>GET /v1/schedules</c>: the newest first.</summary>
public sealed record SchedulePage
{
    public required IReadOnlyList<ScheduleStatus> Items { get; init; }

    /// <summary>Value of <c>after</c> that gives the next page; absent on the last one.</summary>
    public string? Next { get; init; }
}
