using System.Collections.Concurrent;
using MassTransit;
using Microsoft.Extensions.DependencyInjection;
using RenderFarm.Contracts.Batches;
using RenderFarm.Contracts.Messages;
using RenderFarm.FarmTesting;
using RenderFarm.Testing;
using Xunit;

namespace RenderFarm.Api.Tests.Submissions;

public sealed class SubmitBatchTests : IAsyncLifetime
{
    private static readonly Uri Queue = new("queue:renderfarm-submit");
    private readonly TemporaryFolder _folder = new();
    private FarmHost _farm = null!;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private IBus Bus => _farm.Services.GetRequiredService<IBus>();

    public async ValueTask InitializeAsync() => _farm = await FarmHost.StartAsync(_folder.Path, settings: new Dictionary<string, string?> { ["Intake:MaxJobs"] = "3" });

    public async ValueTask DisposeAsync()
    {
        await _farm.DisposeAsync();
        _folder.Dispose();
    }

    [Fact]
    public async Task Submit_Batch_IsRenderedWithTheDefaultsOfAPostedOne()
    {
        var posted = await _farm.SubmitAsync("{\"prompt\": \"a\", \"seed\": 5, \"priority\": 3}", "{\"prompt\": \"b\", \"seed\": 6, \"priority\": 3, \"stages\": {\"stage1\": {\"steps\": 3, \"guidance\": 2.5}}}");
        var answer = await AskAsync(new() { Priority = 3, Jobs = [new() { Prompt = "a", Seed = 5 }, new() { Prompt = "b", Seed = 6, Stages = new Dictionary<string, StageSettings> { ["stage1"] = new() { Steps = 3, Guidance = 2.5 } } }] });
        var accepted = Assert.IsType<BatchAccepted>(answer);
        Assert.Equal(("default", 2), (accepted.Tenant, accepted.Jobs));
        Assert.Equal(2, (await _farm.FinishedAsync(accepted.BatchId)).Counts.Succeeded);

        var (expected, actual) = (await _farm.JobsAsync(posted.Id), await _farm.JobsAsync(accepted.BatchId));
        foreach (var (left, right) in expected.Zip(actual))
        {
            Assert.Equal((left.CustomId, left.Prompt, left.Seed, left.Priority, left.Model), (right.CustomId, right.Prompt, right.Seed, right.Priority, right.Model));
            Assert.Equal(left.Settings, right.Settings);
        }
    }

    [Fact]
    public async Task I9_SameMessageId_IsTheSameBatch_AndAnotherBodyIsRejected()
    {
        var id = NewId.NextGuid();
        var first = Assert.IsType<BatchAccepted>(await AskAsync(One("a"), id));
        var again = Assert.IsType<BatchAccepted>(await AskAsync(One("a"), id));
        var other = Assert.IsType<BatchRejected>(await AskAsync(One("b"), id));
        var foreign = Assert.IsType<BatchAccepted>(await AskAsync(One("b") with { Tenant = "acme" }, id));

        Assert.Equal(first, again);
        Assert.Equal($"{id}", first.Key);
        Assert.Contains($"'{id}' made batch {first.BatchId}", Assert.Single(other.Errors).Message, StringComparison.Ordinal);
        Assert.NotEqual(first.BatchId, foreign.BatchId);
        Assert.Equal(first.BatchId, Assert.Single((await _farm.GetAsync<BatchPage>("/v1/batches")).Items).Id);
    }

    public static TheoryData<SubmitBatch, string?, string> Bad => new()
    {
        { new() { Jobs = [] }, "jobs", "The batch has no jobs" },
        { One("a") with { Model = "nobody's" }, "jobs[0].model", "Unknown model 'nobody's'; known are test." },
        { One("a") with { Tenant = "A C" }, "tenant", "tenant is 'A C'; give 1 to 64" },
        { One("a") with { Priority = 11 }, "priority", "'priority' is 11; give a whole number from -10 to 10." },
        { One(" "), "jobs[0].prompt", "'prompt' is empty" },
        { One(new string('a', 2001)), "jobs[0].prompt", "'prompt' has 2001 characters; give at most 2000." },
        { new() { Jobs = [.. Enumerable.Repeat(new JobRequest { Prompt = "a" }, 4)] }, null, "The batch has more than 3 jobs" },
        { new() { Jobs = [null!] }, "jobs[0]", "A job is an object" },
    };

    [Theory]
    [MemberData(nameof(Bad), DisableDiscoveryEnumeration = true)]
    public async Task Submit_BadBatch_IsRejectedWithFieldAndReasonAndToldToSubscribers(SubmitBatch batch, string? field, string reason)
    {
        var told = new ConcurrentQueue<BatchRejected>();
        await HearAsync<BatchRejected>(told.Enqueue);
        var rejected = Assert.IsType<BatchRejected>(await AskAsync(batch));

        var error = Assert.Single(rejected.Errors);
        Assert.Equal(field, error.Field);
        Assert.Contains(reason, error.Message, StringComparison.Ordinal);
        Assert.Empty((await _farm.GetAsync<BatchPage>("/v1/batches")).Items);
        await FarmHost.EventuallyAsync(() => Task.FromResult(told.ToArray()), all => all.Any(one => one.Key == rejected.Key && one.Errors[0] == error));
        Assert.Equal(0, (await _farm.GetAsync<UndeliveredMessages>("/v1/undelivered")).Count);
    }

    [Fact]
    public async Task Submit_NobodyWaitsForTheAnswer_AcceptedIsToldAndRejectedIsShownAsUndelivered()
    {
        var told = new ConcurrentQueue<BatchAccepted>();
        await HearAsync<BatchAccepted>(told.Enqueue);
        var id = NewId.NextGuid();
        await Bus.Publish(One("a"), context => context.MessageId = id, Token);
        var accepted = (await FarmHost.EventuallyAsync(() => Task.FromResult(told.ToArray()), all => all.Length > 0))[0];
        await _farm.FinishedAsync(accepted.BatchId);
        Assert.Equal(($"{id}", 1), (accepted.Key, accepted.Jobs));

        await Bus.Publish(One(" "), Token);
        var undelivered = await UndeliveredAsync();
        Assert.Contains("'renderfarm-submit_error'", undelivered.Newest[0].Reason, StringComparison.Ordinal);
        Assert.Contains("names nowhere to say so: 'prompt' is empty", undelivered.Newest[0].Reason, StringComparison.Ordinal);
        Assert.Null(undelivered.Newest[0].JobId);
    }

    [Fact]
    public async Task Submit_MessageThatCannotBeRead_IsShownAsUndeliveredAndTheNextIsTaken()
    {
        await (await Bus.GetSendEndpoint(Queue)).Send(new WithoutJobs(), Token);
        Assert.Contains("jobs", (await UndeliveredAsync()).Newest[0].Reason, StringComparison.OrdinalIgnoreCase);
        Assert.IsType<BatchAccepted>(await AskAsync(One("a")));
    }

    private static SubmitBatch One(string prompt) => new() { Jobs = [new() { Prompt = prompt }] };

    private async Task<object> AskAsync(SubmitBatch batch, Guid? id = null)
    {
        var client = Bus.CreateRequestClient<SubmitBatch>(Queue, RequestTimeout.After(m: 1));
        var response = await client.GetResponse<BatchAccepted, BatchRejected>(batch, request =>
        {
            if (id is { } given)
                request.UseExecute(context => context.MessageId = given);
        }, Token);
        return response.Message;
    }

    private Task<ReceiveEndpointReady> HearAsync<T>(Action<T> note) where T : class =>
        _farm.Services.GetRequiredService<IReceiveEndpointConnector>().ConnectReceiveEndpoint($"ears-{typeof(T).Name}", (_, endpoint) => endpoint.Handler<T>(context =>
        {
            note(context.Message);
            return Task.CompletedTask;
        })).Ready;

    private Task<UndeliveredMessages> UndeliveredAsync() => FarmHost.EventuallyAsync(() => _farm.GetAsync<UndeliveredMessages>("/v1/undelivered"), undelivered => undelivered.Count == 1);

    /// <summary>Says that it is a <see cref="SubmitBatch"/>, and lacks what one must have.</summary>
    [MessageUrn("RenderFarm.Contracts.Messages:SubmitBatch")]
    public sealed record WithoutJobs;
}
