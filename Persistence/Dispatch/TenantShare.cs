namespace RenderFarm.Persistence.Dispatch;

/// <summary>What a tenant has of a model's workers.</summary>
/// <param name="UnderWay">Its jobs that are dispatched and not done.</param>
/// <param name="ServedAt">When a job of it was last dispatched; null if none ever was.</param>
public sealed record TenantShare(int UnderWay, DateTimeOffset? ServedAt);
