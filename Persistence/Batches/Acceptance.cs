namespace RenderFarm.Persistence.Batches;

/// <summary>What became of a submitted batch.</summary>
public sealed record Acceptance(AcceptanceKind Kind, Guid BatchId);
