using RabbitMQ.Client;
using RenderFarm.Contracts.Batches;
using RenderFarm.Contracts.Jobs;
using RenderFarm.Contracts.Messages;
using Xunit;

namespace RenderFarm.EndToEnd.Tests.Distributed;

public sealed class MessagingTests
{
    private const string Queue = "render-test";
    private const string Undelivered = "renderfarm-undelivered";

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Message_GivenUpByTheBroker_GoesOutAgainAndEndsTheJobAtItsLastAttempt()
    {
        var (farm, workers) = await DistributedFarm.StartAsync(1, ("Database__MaxAttempts", "2"));
        await using var running = farm;
        await using var connection = await farm.Broker.ConnectAsync();
        await using var channel = await connection.CreateChannelAsync(cancellationToken: Token);
        await workers[0].SignalAsync("TERM");

        var hopeless = await farm.SubmitAsync(1, "a circle");
        await RejectAsync(farm, channel);
        await RejectAsync(farm, channel);
        Assert.Equal(1, (await farm.BatchAsync(hopeless, status => status.State == BatchState.Finished)).Counts.Failed);
        Assert.Equal(("undelivered", 2), (Assert.Single(await farm.JobsAsync(hopeless)).Error!.Kind, (await farm.JobsAsync(hopeless))[0].Attempts));

        var late = await farm.SubmitAsync(1, "a circle");
        await RejectAsync(farm, channel);
        await farm.ReadyAsync(farm.StartTestWorker());
        Assert.Equal(2, Assert.Single(await farm.AssertAllSucceedAsync(late)).Attempts);
        var undelivered = await farm.GetAsync<UndeliveredMessages>("v1/undelivered");
        Assert.Equal(3, undelivered.Count);
        Assert.All(undelivered.Newest, message => Assert.Equal("The broker gave the message up: rejected.", message.Reason));
    }

    [Fact]
    public async Task Queue_OfAModel_HasItsLimits()
    {
        var (farm, _) = await DistributedFarm.StartAsync(1);
        await using var running = farm;
        await using var connection = await farm.Broker.ConnectAsync();
        await using var channel = await connection.CreateChannelAsync(cancellationToken: Token);
        // Equal, or the broker refuses; it does not compare the acknowledgement time.
        await channel.QueueDeclareAsync(Queue, durable: true, exclusive: false, autoDelete: false, new Dictionary<string, object?>
        {
            ["x-queue-type"] = "quorum", ["x-delivery-limit"] = 100, ["x-overflow"] = "reject-publish", ["x-dead-letter-strategy"] = "at-least-once",
            ["x-dead-letter-exchange"] = Undelivered,
        }, cancellationToken: Token);
    }

    /// <summary>Does with the next message what a broker does that gives one up.</summary>
    private static async Task RejectAsync(DistributedFarm farm, IChannel channel)
    {
        var message = await farm.EventuallyAsync(() => channel.BasicGetAsync(Queue, autoAck: false, Token), message => message is not null);
        await channel.BasicRejectAsync(message!.DeliveryTag, requeue: false, Token);
    }
}
