namespace RenderFarm.Persistence.Dispatch;

/// <summary>A tenant with lanes that wait.</summary>
/// <param name="Name">The tenant.</param>
/// <param name="Share">What it has under way.</param>
/// <param name="Rank">Priority of its highest lane, raised by its age.</param>
/// <param name="Lanes">Its lanes in the order in which they are drawn from.</param>
public sealed record WaitingTenant(string Name, TenantShare Share, long Rank, IReadOnlyList<WaitingLane> Lanes);
