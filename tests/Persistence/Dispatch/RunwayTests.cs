using RenderFarm.Persistence.Dispatch;
using RenderFarm.Persistence.Tests.Databases;
using Xunit;

namespace RenderFarm.Persistence.Tests.Dispatch;

public sealed class RunwayTests
{
    private static readonly FairShare Share = new(TimeSpan.FromMinutes(10));

    public static TheoryData<string> Providers => TestDatabase.Providers;

    [Theory]
    [MemberData(nameof(Providers))]
    public async Task Fill_MoreJobsThanItsLength_StopsThereUntilSomeAreClaimed(string provider)
    {
        using var farm = await TestDatabase.CreateAsync(provider);
        await farm.SubmitAsync(10);
        var first = await farm.Runway.FillAsync("test", 4, Share, TestDatabase.Token);
        var none = await farm.Runway.FillAsync("test", 4, Share, TestDatabase.Token);
        await farm.Leases.ClaimAsync("w", [new(first[0].JobId), new(first[1].JobId)], TestDatabase.Lease, TestDatabase.Token);
        var second = await farm.Runway.FillAsync("test", 4, Share, TestDatabase.Token);

        Assert.Equal((4, 0, 2), (first.Count, none.Count, second.Count));
        Assert.Empty(first.Select(message => message.JobId).Intersect(second.Select(message => message.JobId)));
    }

    [Theory]
    [MemberData(nameof(Providers))]
    public async Task Fill_PriorityFirst_ThenEvenlyBetweenTenants(string provider)
    {
        using var farm = await TestDatabase.CreateAsync(provider);
        await farm.SubmitAsync(100, "big");
        await farm.SubmitAsync(10, "small");
        var urgent = await farm.SubmitAsync(2, "urgent", priority: 5);

        var sent = (await farm.Runway.FillAsync("test", 22, Share, TestDatabase.Token)).Select(message => message.JobId).ToList();

        var tenants = new Dictionary<string, int>();
        foreach (var tenant in new[] { "big", "small", "urgent" })
            foreach (var id in sent)
                if (await farm.Queries.JobAsync(tenant, id, TestDatabase.Token) is not null)
                    tenants[tenant] = tenants.GetValueOrDefault(tenant) + 1;
        Assert.Equal((await farm.IdsAsync(urgent)).Order(), sent.Take(2).Order());
        Assert.Equal((10, 10, 2), (tenants["big"], tenants["small"], tenants["urgent"]));
    }

    [Theory]
    [MemberData(nameof(Providers))]
    public async Task TakeBack_MessagesThatCouldNotBeSent_AreSentNextTime(string provider)
    {
        using var farm = await TestDatabase.CreateAsync(provider);
        await farm.SubmitAsync(3);
        var lost = await farm.Runway.FillAsync("test", 10, Share, TestDatabase.Token);
        Assert.Equal(3, await farm.Runway.TakeBackAsync([.. lost.Select(message => message.JobId)], TestDatabase.Token));
        Assert.Equal(3, (await farm.Runway.FillAsync("test", 10, Share, TestDatabase.Token)).Count);
    }

    [Theory]
    [MemberData(nameof(Providers))]
    public async Task Sweep_MessageThatNobodyTook_IsSentAgain(string provider)
    {
        using var farm = await TestDatabase.CreateAsync(provider);
        await farm.SubmitAsync(2);
        await farm.Runway.FillAsync("test", 10, Share, TestDatabase.Token);
        farm.Clock.Advance(TimeSpan.FromMinutes(11));
        Assert.Equal(2, (await farm.Sweeper.SweepAsync(TimeSpan.FromMinutes(10), TestDatabase.Token)).Redispatched);
        Assert.Equal(2, (await farm.Runway.FillAsync("test", 10, Share, TestDatabase.Token)).Count);
    }

    [Fact]
    public void I12_LowPriorityThatWaited_RisesAboveWhatIsFresh()
    {
        var now = DateTimeOffset.UnixEpoch + TimeSpan.FromDays(1);
        var old = new WaitingLane(Guid.NewGuid(), 0, "patient", 0, now - TimeSpan.FromMinutes(35));
        var fresh = new WaitingLane(Guid.NewGuid(), 0, "pushy", 2, now);
        Assert.Equal(old, Share.Next([fresh, old], new Dictionary<string, int>(), 10, now)!.Value.Lane);
    }
}
