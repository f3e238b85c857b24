using RenderFarm.Persistence.Dispatch;
using Xunit;

namespace RenderFarm.Persistence.Tests.Dispatch;

public sealed class FairShareTests
{
    private static readonly TimeSpan Ageing = TimeSpan.FromMinutes(10);
    private static readonly FairShare Share = new(Ageing);
    private static readonly DateTimeOffset Start = DateTimeOffset.UnixEpoch + TimeSpan.FromDays(1);

    [Fact]
    public void I12_LowPriorityThatWaited_RisesAboveWhatIsFresh()
    {
        var old = Lane("patient", 0, Start - TimeSpan.FromMinutes(35));
        var fresh = Lane("pushy", 2, Start);
        Assert.Equal(old, Share.Next([fresh, old], new Dictionary<string, TenantShare>(), 10, Start)!.Value.Lane);
    }

    [Fact]
    public void I12_TenantOfManyOldBatches_DoesNotKeepANewcomerWaiting()
    {
        // Each served batch is done at once, and the tenant's next one has waited since the beginning: that counts until the first turn.
        var old = Enumerable.Range(0, 1000).Select(_ => Lane("old", 0, Start - TimeSpan.FromHours(12))).ToList();
        Assert.Equal(2, TurnsUntil("new", [.. old, Lane("new", 0, Start)], TimeSpan.FromSeconds(1)));
    }

    [Fact]
    public void I12_FloodOfHighPriority_LowPriorityIsServedWithinItsDistanceInAges()
    {
        // Ten priorities apart, ten minutes each, one turn a minute: a hundred turns, and one for the tie.
        var flood = Enumerable.Range(0, 1000).Select(_ => Lane("flood", 10, Start)).ToList();
        Assert.InRange(TurnsUntil("low", [.. flood, Lane("low", 0, Start)], TimeSpan.FromMinutes(1)), 90, 101);
    }

    [Fact]
    public void Next_OneTenantsLanes_TheUrgentOneGoesBeforeTheBacklogThatIsBeingServed()
    {
        var backlog = Lane("a", 0, Start - TimeSpan.FromHours(12)) with { ServedAt = Start };
        var urgent = Lane("a", 3, Start);
        Assert.Equal(urgent, Share.Next([backlog, urgent], new Dictionary<string, TenantShare>(), 1, Start)!.Value.Lane);
    }

    [Fact]
    public void Next_SameRank_TheTenantWithLeastUnderWayIsFilledUpToTheOther()
    {
        var (busy, idle) = (Lane("busy", 0, Start), Lane("idle", 0, Start));
        var next = Share.Next([busy, idle], new Dictionary<string, TenantShare> { ["busy"] = new(7, Start), ["idle"] = new(2, Start) }, 6, Start);
        Assert.Equal((idle, 5), next!.Value);
    }

    /// <summary>Serves one job of one batch at a time; jobs are done at once. Returns the number of the turn that was the tenant's.</summary>
    private static int TurnsUntil(string tenant, List<WaitingLane> lanes, TimeSpan perTurn)
    {
        var shares = new Dictionary<string, TenantShare>();
        for (var turn = 1; ; turn++)
        {
            var now = Start + perTurn * turn;
            var lane = Share.Next(lanes, shares, 1, now)!.Value.Lane;
            if (lane.Tenant == tenant)
                return turn;
            lanes.Remove(lane);
            shares[lane.Tenant] = new(0, now);
        }
    }

    private static WaitingLane Lane(string tenant, int priority, DateTimeOffset createdAt) => new(Guid.NewGuid(), 0, tenant, priority, createdAt);
}
