using RenderFarm.Persistence.Messages;
using RenderFarm.Persistence.Tests.Databases;
using Xunit;

namespace RenderFarm.Persistence.Tests.Messages;

public sealed class UndeliveredStoreTests
{
    public static TheoryData<string> Providers => TestDatabase.Providers;

    [Theory]
    [MemberData(nameof(Providers))]
    public async Task Read_MoreThanIsShown_CountsAllAndShowsTheNewestFirst(string provider)
    {
        using var farm = await TestDatabase.CreateAsync(provider);
        var (writer, job) = (new UndeliveredStore(farm.Database), Guid.NewGuid());
        for (var i = 0; i <= UndeliveredStore.Shown; i++) await writer.AddAsync(i % 2 == 0 ? job : null, $"reason {i}", TestDatabase.Token);
        farm.Clock.Advance(TimeSpan.FromMinutes(1));
        await writer.AddAsync(job, new string('x', 5000), TestDatabase.Token);

        var undelivered = await new UndeliveredStore(farm.Database).ReadAsync(TestDatabase.Token);

        Assert.Equal((UndeliveredStore.Shown + 2, UndeliveredStore.Shown), (undelivered.Count, undelivered.Newest.Count));
        Assert.Equal((job, new string('x', 2000), farm.Clock.GetUtcNow()), (undelivered.Newest[0].JobId, undelivered.Newest[0].Reason, undelivered.Newest[0].At));
        Assert.All(undelivered.Newest.Skip(1), message => Assert.Equal(message.JobId is null, int.Parse(message.Reason["reason ".Length..], null) % 2 == 1));
    }

    /// <summary>Reasons quote what strangers sent; PostgreSQL keeps neither NUL nor half a pair.</summary>
    [Theory]
    [MemberData(nameof(Providers))]
    public async Task Add_ReasonThatIsNoText_KeepsWhatCanBe(string provider)
    {
        using var farm = await TestDatabase.CreateAsync(provider);
        var store = new UndeliveredStore(farm.Database);
        await store.AddAsync(null, "a\0b\ud83dc", TestDatabase.Token);
        farm.Clock.Advance(TimeSpan.FromSeconds(1));
        await store.AddAsync(null, new string('x', 1999) + "\U0001F600", TestDatabase.Token);

        Assert.Equal([new string('x', 1999), "a\ufffdb\ufffdc"], (await store.ReadAsync(TestDatabase.Token)).Newest.Select(message => message.Reason));
    }

    [Theory]
    [MemberData(nameof(Providers))]
    public async Task Add_MoreThanAreRemembered_ForgetsTheOldest(string provider)
    {
        using var farm = await TestDatabase.CreateAsync(provider);
        var store = new UndeliveredStore(farm.Database);
        for (var i = 0; i < UndeliveredStore.Most + 2; i++) await store.AddAsync(null, $"{i}", TestDatabase.Token);

        Assert.Equal(UndeliveredStore.Most, (await store.ReadAsync(TestDatabase.Token)).Count);
    }

    [Theory]
    [MemberData(nameof(Providers))]
    public async Task Read_OlderThanTheMemory_IsForgotten(string provider)
    {
        using var farm = await TestDatabase.CreateAsync(provider);
        var store = new UndeliveredStore(farm.Database);
        await store.AddAsync(null, "old", TestDatabase.Token);
        farm.Clock.Advance(UndeliveredStore.Memory);
        await store.AddAsync(null, "young", TestDatabase.Token);
        Assert.Equal(2, (await store.ReadAsync(TestDatabase.Token)).Count);

        farm.Clock.Advance(TimeSpan.FromSeconds(1));

        Assert.Equal("young", Assert.Single((await store.ReadAsync(TestDatabase.Token)).Newest).Reason);
    }
}
