namespace RenderFarm.Persistence.Schedules;

/// <summary>What became of a schedule that was due.</summary>
/// <param name="BatchId">The batch that was made; null where there was none.</param>
/// <param name="Error">Why there was none.</param>
/// <param name="NextAt">When it is due again; null where never.</param>
public sealed record ScheduleOutcome(Guid? BatchId, string? Error, DateTimeOffset? NextAt);
