using MassTransit;
using Microsoft.Extensions.DependencyInjection;
using RenderFarm.Contracts.Batches;
using RenderFarm.Contracts.Jobs;
using RenderFarm.Contracts.Messages;
using RenderFarm.FarmTesting;
using RenderFarm.Persistence.Dispatch;
using RenderFarm.Persistence.Jobs;
using RenderFarm.Persistence.Storage;
using RenderFarm.Testing;
using Xunit;

namespace RenderFarm.Worker.Tests.Messaging;

public sealed class DeliveryTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task I3_MessageDeliveredManyTimes_RendersOnce()
    {
        var renderer = new TestRenderer();
        await using var farm = await FarmHost.StartAsync(_folder.Path, [renderer]);
        var batch = await farm.SubmitAsync("{\"prompt\": \"hold\"}");
        await FarmHost.EventuallyAsync(() => Task.FromResult(renderer.IsHolding), holding => holding);
        var job = (await farm.JobsAsync(batch.Id))[0];
        await SendAsync(farm, job.Id, 5);
        renderer.Release();
        await farm.FinishedAsync(batch.Id);
        await SendAsync(farm, job.Id, 5);
        var last = await farm.SubmitAsync("{\"prompt\": \"last\"}");
        await farm.FinishedAsync(last.Id);

        Assert.Single(renderer.Begun, id => id == job.Id);
        Assert.Equal(1, (await farm.GetAsync<JobStatus>($"/v1/jobs/{job.Id}")).Attempts);
    }

    [Fact]
    public async Task Failure_Passing_IsTriedAgainAndSucceeds()
    {
        await using var farm = await FarmHost.StartAsync(_folder.Path);
        var batch = await farm.SubmitAsync("{\"prompt\": \"flaky\"}");
        await farm.FinishedAsync(batch.Id);
        var job = Assert.Single(await farm.JobsAsync(batch.Id));
        Assert.Equal((JobState.Succeeded, 2, "transient"), (job.State, job.Attempts, job.Error!.Kind));
    }

    [Fact]
    public async Task Failure_Permanent_IsNotTriedAgainAndNeighboursSucceed()
    {
        await using var farm = await FarmHost.StartAsync(_folder.Path);
        var batch = await farm.SubmitAsync("{\"prompt\": \"fine\"}", "{\"prompt\": \"poison\"}", "{\"prompt\": \"fine too\"}");
        var finished = await farm.FinishedAsync(batch.Id);
        var job = (await farm.JobsAsync(batch.Id))[1];
        Assert.Equal((2, 1), (finished.Counts.Succeeded, finished.Counts.Failed));
        Assert.Equal((JobState.Failed, 1, "permanent"), (job.State, job.Attempts, job.Error!.Kind));
    }

    [Fact]
    public async Task I6_LeaseTakenWhileRendering_TheLateResultIsFencedAndItsPictureDeleted()
    {
        var renderer = new TestRenderer();
        await using var farm = await FarmHost.StartAsync(_folder.Path, [renderer], new Dictionary<string, string?>
        {
            // No heartbeat before the test is over: this worker does not learn that it lost the job.
            ["Worker:Heartbeat"] = "00:01:00", ["Worker:Lease"] = "00:10:00",
        });
        var batch = await farm.SubmitAsync("{\"prompt\": \"hold\"}");
        await FarmHost.EventuallyAsync(() => Task.FromResult(renderer.IsHolding), holding => holding);
        var id = (await farm.JobsAsync(batch.Id))[0].Id;
        var leases = farm.Services.GetRequiredService<JobLeases>();
        var thief = Assert.Single(await leases.ClaimAsync("thief", [new(id, TakeOver: true)], TimeSpan.FromMinutes(5), Token));
        renderer.Release();
        var last = await farm.SubmitAsync("{\"prompt\": \"last\"}");
        await farm.FinishedAsync(last.Id);

        Assert.Equal((JobState.Running, "thief"), await StateAsync(farm, id));
        var store = farm.Services.GetRequiredService<IObjectStore>();
        var kept = await FarmHost.EventuallyAsync(async () => await store.ListAsync(string.Empty, Token).CountAsync(Token), count => count == 1);
        Assert.Equal(1, kept);
        Assert.Equal(2, thief.Epoch);
    }

    [Fact]
    public async Task Stop_WhileRendering_HandsTheJobBackUncounted()
    {
        var renderer = new TestRenderer();
        var farm = await FarmHost.StartAsync(_folder.Path, [renderer]);
        var batch = await farm.SubmitAsync("{\"prompt\": \"hold\"}");
        await FarmHost.EventuallyAsync(() => Task.FromResult(renderer.IsHolding), holding => holding);
        await farm.DisposeAsync();

        await using var next = await FarmHost.StartAsync(_folder.Path, [Released()]);
        await next.FinishedAsync(batch.Id);
        Assert.Equal(1, Assert.Single(await next.JobsAsync(batch.Id)).Attempts);
    }

    [Fact]
    public async Task Groups_CompatibleJobsOfTwoBatches_AreRenderedTogether()
    {
        var renderer = new TestRenderer { MaxBatch = 4 };
        await using var farm = await FarmHost.StartAsync(_folder.Path, [renderer], new Dictionary<string, string?> { ["Worker:CompanyWait"] = "00:00:05" });
        var first = await farm.SubmitAsync("{\"prompt\": \"a\"}", "{\"prompt\": \"b\", \"stages\": {\"stage1\": {\"guidance\": 2}}}");
        var second = await farm.SubmitAsync("{\"prompt\": \"c\", \"seed\": 5}", "{\"prompt\": \"d\"}");
        await Task.WhenAll(farm.FinishedAsync(first.Id), farm.FinishedAsync(second.Id));
        Assert.Equal([4], renderer.Groups);
    }

    private static TestRenderer Released()
    {
        var renderer = new TestRenderer();
        renderer.Release();
        return renderer;
    }

    private static async Task SendAsync(FarmHost farm, Guid job, int times)
    {
        var queue = await farm.Services.GetRequiredService<IBus>().GetSendEndpoint(new($"queue:{RenderQueue.Of("test")}"));
        for (var i = 0; i < times; i++)
            await queue.Send(new RenderPrompt { JobId = job, Model = "test", Compatibility = "x" }, Token);
    }

    private static async Task<(JobState, string?)> StateAsync(FarmHost farm, Guid id)
    {
        var job = await farm.GetAsync<JobStatus>($"/v1/jobs/{id}");
        return (job.State, job.Worker);
    }
}
