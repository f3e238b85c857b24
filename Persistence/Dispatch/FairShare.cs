namespace RenderFarm.Persistence.Dispatch;

/// <summary>
/// In which order lanes are served: priority first (a lane rises by one for each <paramref name="ageing"/> it has waited, so that none
/// starves), then the tenant that has least under way, then age.
/// </summary>
public sealed class FairShare(TimeSpan ageing)
{
    /// <summary>Priority with waiting counted in.</summary>
    public long Rank(WaitingLane lane, DateTimeOffset now)
    {
        ArgumentNullException.ThrowIfNull(lane);
        return lane.Priority + Math.Max(0, (now - lane.CreatedAt).Ticks / ageing.Ticks);
    }

    /// <summary>The next lane to draw from and how many jobs, given what each tenant has under way; null when none is left.</summary>
    public (WaitingLane Lane, int Count)? Next(IReadOnlyCollection<WaitingLane> lanes, IReadOnlyDictionary<string, int> underWay, int wanted, DateTimeOffset now)
    {
        ArgumentNullException.ThrowIfNull(underWay);
        if (lanes.Count == 0 || wanted <= 0)
            return null;
        var top = lanes.Max(lane => Rank(lane, now));
        var tenants = lanes.Where(lane => Rank(lane, now) == top).GroupBy(lane => lane.Tenant)
            .Select(tenant => (Load: underWay.GetValueOrDefault(tenant.Key), Oldest: tenant.OrderBy(lane => lane.CreatedAt).ThenBy(lane => lane.BatchId).First()))
            .OrderBy(tenant => tenant.Load).ThenBy(tenant => tenant.Oldest.CreatedAt).ThenBy(tenant => tenant.Oldest.BatchId).ToList();

        // The least served tenant is filled up to the next one's level; where all are level, an even part each.
        var room = tenants.Count == 1 ? wanted : tenants[1].Load - tenants[0].Load;
        return (tenants[0].Oldest, Math.Clamp(Math.Max(room, wanted / tenants.Count), 1, wanted));
    }
}
