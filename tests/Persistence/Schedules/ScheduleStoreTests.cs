using RenderFarm.Persistence.Schedules;
using RenderFarm.Persistence.Tests.Databases;
using Xunit;

namespace RenderFarm.Persistence.Tests.Schedules;

public sealed class ScheduleStoreTests
{
    private static readonly TimeSpan Hour = TimeSpan.FromHours(1);

    public static TheoryData<string> Providers => TestDatabase.Providers;

    [Theory]
    [MemberData(nameof(Providers))]
    public async Task Due_TimeGoesBy_GivesWhatIsDueTheEarliestFirst(string provider)
    {
        using var farm = await TestDatabase.CreateAsync(provider);
        var late = await AddAsync(farm, 2 * Hour);
        var early = await AddAsync(farm, Hour);
        await AddAsync(farm, 3 * Hour);
        Assert.Empty(await farm.Schedules.DueAsync(10, TestDatabase.Token));

        farm.Clock.Advance(2 * Hour);
        Assert.Equal([early, late], (await farm.Schedules.DueAsync(10, TestDatabase.Token)).Select(schedule => schedule.Id));
        Assert.Equal([early], (await farm.Schedules.DueAsync(1, TestDatabase.Token)).Select(schedule => schedule.Id));
    }

    [Theory]
    [MemberData(nameof(Providers))]
    public async Task Advance_ByTwoWhoSawTheSameTime_HappensOnce(string provider)
    {
        using var farm = await TestDatabase.CreateAsync(provider);
        var id = await AddAsync(farm, Hour);
        farm.Clock.Advance(Hour);
        var due = Assert.Single(await farm.Schedules.DueAsync(10, TestDatabase.Token));
        var (batch, next) = (Guid.NewGuid(), farm.Clock.GetUtcNow() + Hour);

        Assert.True(await farm.Schedules.AdvanceAsync(due, new(batch, null, next), TestDatabase.Token));
        Assert.False(await farm.Schedules.AdvanceAsync(due, new(null, "late", null), TestDatabase.Token));
        var schedule = (await farm.Schedules.FindAsync("default", id, TestDatabase.Token))!;
        Assert.Equal((due.NextAt, batch, null, next), (schedule.LastAt, schedule.LastBatchId, schedule.LastError, schedule.NextAt));
        Assert.Empty(await farm.Schedules.DueAsync(10, TestDatabase.Token));
    }

    [Theory]
    [MemberData(nameof(Providers))]
    public async Task Schedules_OfATenant_AreItsOwn(string provider)
    {
        using var farm = await TestDatabase.CreateAsync(provider);
        var ids = new List<Guid>();
        for (var i = 0; i < 3; i++)
        {
            ids.Add(await AddAsync(farm, Hour));
            farm.Clock.Advance(TimeSpan.FromMilliseconds(5));
        }

        var foreign = await AddAsync(farm, Hour, "else");
        Assert.Null(await farm.Schedules.FindAsync("default", foreign, TestDatabase.Token));
        Assert.False(await farm.Schedules.DeleteAsync("default", foreign, TestDatabase.Token));
        Assert.Equal([ids[2], ids[1]], (await farm.Schedules.ListAsync("default", null, 2, TestDatabase.Token)).Select(schedule => schedule.Id));
        Assert.Equal([ids[0]], (await farm.Schedules.ListAsync("default", ids[1], 2, TestDatabase.Token)).Select(schedule => schedule.Id));

        Assert.True(await farm.Schedules.DeleteAsync("default", ids[0], TestDatabase.Token));
        Assert.False(await farm.Schedules.DeleteAsync("default", ids[0], TestDatabase.Token));
        farm.Clock.Advance(2 * Hour);
        Assert.Equal(3, (await farm.Schedules.DueAsync(10, TestDatabase.Token)).Count);
    }

    [Theory]
    [MemberData(nameof(Providers))]
    public async Task Forget_Schedules_TakesThoseThatAreDoneForLongAlone(string provider)
    {
        using var farm = await TestDatabase.CreateAsync(provider);
        var (done, recurring, waiting) = (await AddAsync(farm, Hour), await AddAsync(farm, Hour), await AddAsync(farm, 9 * Hour));
        farm.Clock.Advance(Hour);
        foreach (var due in await farm.Schedules.DueAsync(10, TestDatabase.Token))
            await farm.Schedules.AdvanceAsync(due, new(null, "x", due.Id == done ? null : farm.Clock.GetUtcNow() + (9 * Hour)), TestDatabase.Token);
        farm.Clock.Advance(Hour);
        Assert.Equal(0, await farm.Schedules.ForgetAsync(Hour, TestDatabase.Token));
        farm.Clock.Advance(TimeSpan.FromMilliseconds(1));
        Assert.Equal(1, await farm.Schedules.ForgetAsync(Hour, TestDatabase.Token));
        Assert.Equal([waiting, recurring], (await farm.Schedules.ListAsync("default", null, 10, TestDatabase.Token)).Select(schedule => schedule.Id).OrderByDescending(id => id == waiting));
    }

    private static Task<Guid> AddAsync(TestDatabase farm, TimeSpan wait, string tenant = "default") =>
        farm.Schedules.AddAsync(new() { Tenant = tenant, Batch = "{}", NextAt = farm.Clock.GetUtcNow() + wait }, TestDatabase.Token);
}
