namespace RenderFarm.Persistence.Dispatch;

/// <summary>A lane that may have jobs to dispatch.</summary>
public sealed record WaitingLane(Guid BatchId, int Number, string Tenant, int Priority, DateTimeOffset CreatedAt);
