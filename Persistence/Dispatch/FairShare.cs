namespace RenderFarm.Persistence.Dispatch;

/// <summary>
/// In which order lanes are served: priority first, then the tenant that has least under way, then the one whose turn is longest ago. A lane rises by one priority for each
/// <paramref name="ageing"/> since it or another of its tenant's was last served, so that whoever waits has a turn in bounded time, and
/// whoever is served, however old, rises no further (I12).
/// </summary>
public sealed class FairShare(TimeSpan ageing)
{
    private static readonly TenantShare Fresh = new(0, null);

    /// <summary>The next lane to draw from and how many jobs, given what each tenant has under way; null when none is left.</summary>
    public (WaitingLane Lane, int Count)? Next(
        IReadOnlyCollection<WaitingLane> lanes, IReadOnlyDictionary<string, TenantShare> shares, int wanted, DateTimeOffset now)
    {
        ArgumentNullException.ThrowIfNull(shares);
        if (lanes.Count == 0 || wanted <= 0)
            return null;
        var tenants = lanes.GroupBy(lane => lane.Tenant).Select(tenant => Candidate(tenant, shares.GetValueOrDefault(tenant.Key, Fresh), now)).ToList();
        var top = tenants.Max(tenant => tenant.Rank);
        var first = tenants.Where(tenant => tenant.Rank == top)
            .OrderBy(tenant => tenant.Share.UnderWay).ThenBy(tenant => tenant.Share.ServedAt ?? DateTimeOffset.MinValue).ThenBy(tenant => tenant.Lane.CreatedAt).ThenBy(tenant => tenant.Lane.BatchId).ToList();

        // The least served tenant is filled up to the next one's level; where all are level, an even part each.
        var room = first.Count == 1 ? wanted : first[1].Share.UnderWay - first[0].Share.UnderWay;
        return (first[0].Lane, Math.Clamp(Math.Max(room, wanted / first.Count), 1, wanted));
    }

    /// <summary>How high a tenant stands, and which of its lanes goes first: within a tenant only the lane's own turns count.</summary>
    private (TenantShare Share, long Rank, WaitingLane Lane) Candidate(IEnumerable<WaitingLane> lanes, TenantShare share, DateTimeOffset now)
    {
        var ordered = lanes.OrderByDescending(lane => Rank(lane, null, now)).ThenBy(lane => lane.CreatedAt).ThenBy(lane => lane.BatchId).ToList();
        return (share, ordered.Max(lane => Rank(lane, share.ServedAt, now)), ordered[0]);
    }

    private long Rank(WaitingLane lane, DateTimeOffset? tenantServedAt, DateTimeOffset now)
    {
        var since = new[] { lane.CreatedAt, lane.ServedAt ?? lane.CreatedAt, tenantServedAt ?? lane.CreatedAt }.Max();
        return lane.Priority + Math.Max(0, (now - since).Ticks / ageing.Ticks);
    }
}
