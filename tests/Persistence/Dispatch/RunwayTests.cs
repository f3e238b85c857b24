using RenderFarm.Persistence.Dispatch;
using RenderFarm.Persistence.Jobs;
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
        await farm.Leases.ClaimAsync("w", "test", [new(first[0].JobId), new(first[1].JobId)], TestDatabase.Lease, TestDatabase.Token);
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
    public async Task TakeBackUnconfirmed_ItsSenderDied_OnlyWhatWaitsOfThatSendingIsSentAgain(string provider)
    {
        using var farm = await TestDatabase.CreateAsync(provider);
        await farm.SubmitAsync(6);
        var dead = await farm.Runway.FillAsync("test", 3, Share, TestDatabase.Token);
        farm.Clock.Advance(TimeSpan.FromSeconds(20));
        await farm.Leases.ClaimAsync("w", "test", [new(dead[0].JobId)], TestDatabase.Lease, TestDatabase.Token);
        var confirmed = await farm.Runway.FillAsync("test", 4, Share, TestDatabase.Token);
        await farm.Runway.ConfirmAsync(confirmed.Id, TestDatabase.Token);
        var fresh = await farm.Runway.FillAsync("test", 5, Share, TestDatabase.Token);
        farm.Clock.Advance(TimeSpan.FromSeconds(20));

        Assert.Equal((3, 2, 1), (dead.Count, confirmed.Count, fresh.Count));
        Assert.Equal(2, await farm.Runway.TakeBackUnconfirmedAsync(TimeSpan.FromSeconds(30), TestDatabase.Token));
        Assert.Equal(0, await farm.Runway.TakeBackUnconfirmedAsync(TimeSpan.FromSeconds(30), TestDatabase.Token));
        var again = await farm.Runway.FillAsync("test", 10, Share, TestDatabase.Token);
        Assert.Equal(dead.Skip(1).Select(message => message.JobId).Order(), again.Select(message => message.JobId).Order());
    }

    [Theory]
    [MemberData(nameof(Providers))]
    public async Task I12_NewcomerBehindABacklogOfThousands_IsServedWithinOneRunway(string provider)
    {
        const int Length = 8;
        using var farm = await TestDatabase.CreateAsync(provider);
        await farm.SubmitAsync(3000);
        // For an hour the backlog is served; its age must not count for ever.
        for (var round = 0; round < 30; round++)
        {
            farm.Clock.Advance(TimeSpan.FromMinutes(2));
            await ServeAsync(farm, Length);
        }

        var late = await farm.Intake.AcceptAsync(TestDatabase.Batch([TestDatabase.Job("late")], tenant: "late"), TestDatabase.Token);
        var sent = await ServeAsync(farm, Length);

        Assert.Equal(Length, sent.Count);
        Assert.Equal(1, (await farm.Queries.BatchAsync("late", late.BatchId, TestDatabase.Token))!.Succeeded);
    }

    [Theory]
    [MemberData(nameof(Providers))]
    public async Task Sweep_MessageThatIdleWorkersDoNotTake_IsSentAgain(string provider)
    {
        using var farm = await TestDatabase.CreateAsync(provider);
        await farm.SubmitAsync(2);
        await farm.Runway.FillAsync("test", 10, Share, TestDatabase.Token);
        Assert.Equal([0, 0, 0, 2], await SweepsAsync(farm, 4, TimeSpan.FromMinutes(3), () => farm.Catalogue.RegisterAsync(TestDatabase.Model, "w", TestDatabase.Token)));
        Assert.Equal(2, (await farm.Runway.FillAsync("test", 10, Share, TestDatabase.Token)).Count);
    }

    [Theory]
    [MemberData(nameof(Providers))]
    public async Task Sweep_MessagesOfASlowRunway_AreNotSentAgain(string provider)
    {
        using var farm = await TestDatabase.CreateAsync(provider);
        var batch = await farm.SubmitAsync(3);
        var sent = await farm.Runway.FillAsync("test", 3, Share, TestDatabase.Token);
        var job = Assert.Single(await farm.Leases.ClaimAsync("w", "test", [new(sent[0].JobId)], TestDatabase.Lease, TestDatabase.Token));

        // One job takes an hour, its worker alive all the time.
        Assert.All(await SweepsAsync(farm, 20, TimeSpan.FromMinutes(3), async () =>
        {
            await farm.Catalogue.RegisterAsync(TestDatabase.Model, "w", TestDatabase.Token);
            await farm.Leases.RenewAsync("w", [new(job.Id, job.Epoch)], TestDatabase.Lease, null, TestDatabase.Token);
        }), redispatched => Assert.Equal(0, redispatched));
        await farm.Results.CommitAsync([TestDatabase.Result(job)], TestDatabase.Token);

        // Nor are they while nobody is there to take them, nor as soon as somebody is again.
        Assert.All(await SweepsAsync(farm, 20, TimeSpan.FromMinutes(3), () => Task.CompletedTask), redispatched => Assert.Equal(0, redispatched));
        await farm.Catalogue.RegisterAsync(TestDatabase.Model, "w", TestDatabase.Token);
        Assert.Equal([0], await SweepsAsync(farm, 1, TimeSpan.FromSeconds(2), () => Task.CompletedTask));
        Assert.Equal(2, (await farm.Queries.BatchAsync("default", batch, TestDatabase.Token))!.Queued);
    }

    [Theory]
    [MemberData(nameof(Providers))]
    public async Task Sweep_MessageOvertakenByAMuchLaterOne_IsSentAgain(string provider)
    {
        using var farm = await TestDatabase.CreateAsync(provider);
        await farm.SubmitAsync(2);
        await farm.Catalogue.RegisterAsync(TestDatabase.Model, "w", TestDatabase.Token);
        var lost = Assert.Single(await farm.Runway.FillAsync("test", 1, Share, TestDatabase.Token));
        farm.Clock.Advance(TimeSpan.FromMinutes(11));
        await farm.Catalogue.RegisterAsync(TestDatabase.Model, "w", TestDatabase.Token);
        var later = (await farm.Runway.FillAsync("test", 2, Share, TestDatabase.Token))[0];
        await farm.Leases.ClaimAsync("w", "test", [new(later.JobId)], TestDatabase.Lease, TestDatabase.Token);

        Assert.Equal([1], await SweepsAsync(farm, 1, TimeSpan.Zero, () => Task.CompletedTask));
        Assert.Equal(lost.JobId, Assert.Single(await farm.Runway.FillAsync("test", 2, Share, TestDatabase.Token)).JobId);
    }

    [Theory]
    [InlineData("test", "render-test")]
    [InlineData("if.v1_0-x", "render-if.v1_0-x")]
    public void Of_NameThatABrokerAllows_IsTheQueues(string model, string queue) => Assert.Equal(queue, RenderQueue.Of(model));

    [Fact]
    public void Of_NamesThatDifferInWhatIsReplaced_DoNotShareAQueue()
    {
        string[] models = ["a b", "a-b", "a/b", "a:b", "A-b", "雪", "雨"];
        var queues = models.Select(RenderQueue.Of).ToList();
        // Nor does one that is named like another's queue.
        queues.Add(RenderQueue.Of(queues[0]["render-".Length..]));
        Assert.Equal(queues.Count, queues.Distinct().Count());
        Assert.All(queues, queue => Assert.Matches("^[A-Za-z0-9_.-]+$", queue));
    }

    private static async Task<IReadOnlyList<Contracts.Messages.RenderPrompt>> ServeAsync(TestDatabase farm, int length)
    {
        var sent = await farm.Runway.FillAsync("test", length, Share, TestDatabase.Token);
        var jobs = await farm.Leases.ClaimAsync("w", "test", [.. sent.Select(message => new ClaimRequest(message.JobId))], TestDatabase.Lease, TestDatabase.Token);
        await farm.Results.CommitAsync([.. jobs.Select(TestDatabase.Result)], TestDatabase.Token);
        return sent;
    }

    /// <summary>Sweeps after each step of the clock and returns how many messages each let be sent again.</summary>
    private static async Task<List<int>> SweepsAsync(TestDatabase farm, int count, TimeSpan step, Func<Task> before)
    {
        var redispatched = new List<int>();
        for (var i = 0; i < count; i++)
        {
            farm.Clock.Advance(step);
            await before();
            redispatched.Add((await farm.Sweeper.SweepAsync(TimeSpan.FromMinutes(10), TestDatabase.ServedFor, TestDatabase.Token)).Redispatched);
        }

        return redispatched;
    }
}
