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
        if (lanes.Count == 0 || wanted <= 0)
            return null;
        var tenants = Order(lanes, shares, now);
        var first = tenants.TakeWhile(tenant => tenant.Rank == tenants[0].Rank).ToList();

        // The least served tenant is filled up to the next one's level; where all are level, an even part each.
        var room = first.Count == 1 ? wanted : first[1].Share.UnderWay - first[0].Share.UnderWay;
        return (first[0].Lanes[0], Math.Clamp(Math.Max(room, wanted / first.Count), 1, wanted));
    }

    /// <summary>Whose turn it is: the next tenant first. Within a tenant only a lane's own turns count.</summary>
    public IReadOnlyList<WaitingTenant> Order(IReadOnlyCollection<WaitingLane> lanes, IReadOnlyDictionary<string, TenantShare> shares, DateTimeOffset now)
    {
        ArgumentNullException.ThrowIfNull(shares);
        return [.. lanes.GroupBy(lane => lane.Tenant).Select(tenant => Candidate(tenant, shares.GetValueOrDefault(tenant.Key, Fresh), now))
            .OrderByDescending(tenant => tenant.Rank).ThenBy(tenant => tenant.Share.UnderWay).ThenBy(tenant => tenant.Share.ServedAt ?? DateTimeOffset.MinValue)
            .ThenBy(tenant => tenant.Lanes[0].CreatedAt).ThenBy(tenant => tenant.Lanes[0].BatchId)];
    }

    private WaitingTenant Candidate(IGrouping<string, WaitingLane> lanes, TenantShare share, DateTimeOffset now) => new(
        lanes.Key, share, lanes.Max(lane => Rank(lane, share.ServedAt, now)),
        [.. lanes.OrderByDescending(lane => Rank(lane, null, now)).ThenBy(lane => lane.CreatedAt).ThenBy(lane => lane.BatchId).ThenBy(lane => lane.Number)]);

    private long Rank(WaitingLane lane, DateTimeOffset? tenantServedAt, DateTimeOffset now)
    {
        var since = new[] { lane.CreatedAt, lane.ServedAt ?? lane.CreatedAt, tenantServedAt ?? lane.CreatedAt }.Max();
        return lane.Priority + Math.Max(0, (now - since).Ticks / ageing.Ticks);
    }
}
