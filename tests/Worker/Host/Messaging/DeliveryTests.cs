using MassTransit;
using Microsoft.Extensions.DependencyInjection;
using RenderFarm.Contracts.Batches;
using RenderFarm.Contracts.Jobs;
using RenderFarm.Contracts.Messages;
using RenderFarm.FarmTesting;
using RenderFarm.Persistence.Batches;
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
        var thief = Assert.Single(await leases.ClaimAsync("thief", "test", [new(id, TakeOver: true)], TimeSpan.FromMinutes(5), Token));
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

    [Fact]
    public async Task Message_ForAnotherModel_IsNotRenderedAndTheJobIsDispatchedToItsOwn()
    {
        var stray = new TestRenderer { Model = TestRenderer.Describe("other") };
        var renderer = new TestRenderer();
        await using var farm = await FarmHost.StartAsync(_folder.Path, [renderer, stray]);
        var batch = await farm.SubmitAsync("{\"prompt\": \"hold\", \"model\": \"test\"}");
        await FarmHost.EventuallyAsync(() => Task.FromResult(renderer.IsHolding), holding => holding);
        var next = (await farm.JobsAsync((await farm.SubmitAsync("{\"prompt\": \"next\", \"model\": \"test\", \"stages\": {\"stage1\": {\"steps\": 9}}}")).Id))[0];
        var queue = await farm.Services.GetRequiredService<IBus>().GetSendEndpoint(new($"queue:{RenderQueue.Of("other")}"));
        // One that says so, and one that claims to be of the queue's model.
        foreach (var model in (string[])["test", "other"])
            await queue.Send(new RenderPrompt { JobId = next.Id, Model = model, Compatibility = "x" }, Token);
        var own = await farm.SubmitAsync("{\"prompt\": \"own\", \"model\": \"other\"}");
        await farm.FinishedAsync(own.Id);
        renderer.Release();
        await farm.FinishedAsync(next.BatchId);
        await farm.FinishedAsync(batch.Id);

        Assert.DoesNotContain(next.Id, stray.Begun);
        Assert.Single(renderer.Begun, id => id == next.Id);
    }

    [Fact]
    public async Task Claims_BeforeTheWorkerIsComplete_AreKeptAliveFromTheFirstOn()
    {
        var renderer = new TestRenderer();
        await using var farm = await FarmHost.StartAsync(_folder.Path, [renderer], awaitsWorker: false, services: services =>
        {
            var connector = services.Last(service => service.ServiceType == typeof(IReceiveEndpointConnector)).ImplementationFactory!;
            services.AddSingleton(provider => new SlowNews((IReceiveEndpointConnector)connector(provider)));
            services.AddSingleton<IReceiveEndpointConnector>(provider => provider.GetRequiredService<SlowNews>());
        });
        // The model's queue is connected; the worker's own one is not yet, and the model not offered.
        var news = farm.Services.GetRequiredService<SlowNews>();
        await news.Asked.WaitAsync(TimeSpan.FromSeconds(30), Token);
        var batch = await farm.Services.GetRequiredService<BatchIntake>().AcceptAsync(new()
        {
            Tenant = "default", RequestSha256 = "0",
            Jobs = [new() { CustomId = "a", Model = "test", Priority = 0, Prompt = "hold", Seed = 1, Settings = new Dictionary<string, StageSettings>() }],
        }, Token);
        var job = (await farm.JobsAsync(batch.BatchId))[0];
        await SendAsync(farm, job.Id, 1);
        var first = await FarmHost.EventuallyAsync(() => farm.GetAsync<JobStatus>($"/v1/jobs/{job.Id}"), status => status.Progress is not null);
        Assert.Equal((JobState.Running, 1), (first.State, first.Attempts));
        news.Open();
        renderer.Release();
        await farm.FinishedAsync(batch.BatchId);
        Assert.Equal(1, (await farm.JobsAsync(batch.BatchId))[0].Attempts);
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
