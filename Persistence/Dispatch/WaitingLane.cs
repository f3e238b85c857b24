namespace RenderFarm.Persistence.Dispatch;

/// <summary>A lane that may have jobs to dispatch.</summary>
/// <param name="BatchId">Its batch.</param>
/// <param name="Number">Number within the batch.</param>
/// <param name="Tenant">Whose it is.</param>
/// <param name="Priority">Its jobs' priority.</param>
/// <param name="CreatedAt">When the batch was accepted.</param>
/// <param name="ServedAt">When a job of it was last dispatched; null if none was yet.</param>
/// <param name="TraceParent">W3C trace context of its batch's submission; null where that was not traced.</param>
public sealed record WaitingLane(
    Guid BatchId, int Number, string Tenant, int Priority, DateTimeOffset CreatedAt, DateTimeOffset? ServedAt = null, string? TraceParent = null);
