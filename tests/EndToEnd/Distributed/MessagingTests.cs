using System.Text;
using RabbitMQ.Client;
using RenderFarm.Contracts.Batches;
using RenderFarm.Contracts.Jobs;
using RenderFarm.Contracts.Messages;
using RenderFarm.ServerTesting.Links;
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

    /// <summary>Neither is readable, or is for somebody else: it is shown once, and the worker and its other messages are none the worse for it.</summary>
    [Theory]
    [InlineData("not JSON")]
    [InlineData("{\"messageId\":\"0198f9a0-0000-7000-8000-000000000001\",\"messageType\":[\"urn:message:Somebody:Else\"],\"message\":{}}")]
    public async Task Message_ThatAWorkerCannotTake_IsShownAndTheWorkerGoesOn(string body)
    {
        var (farm, workers) = await DistributedFarm.StartAsync(1);
        await using var running = farm;
        await using var connection = await farm.Broker.ConnectAsync();
        await using var channel = await connection.CreateChannelAsync(cancellationToken: Token);

        await channel.BasicPublishAsync("", Queue, mandatory: true, new BasicProperties { ContentType = "application/vnd.masstransit+json", Persistent = true }, Encoding.UTF8.GetBytes(body), Token);

        var undelivered = await farm.EventuallyAsync(() => farm.GetAsync<UndeliveredMessages>("v1/undelivered"), messages => messages.Count > 0);
        Assert.DoesNotContain("limit", Assert.Single(undelivered.Newest).Reason, StringComparison.Ordinal); // delivered once, and not until the broker gave it up
        Assert.Equal(1, Assert.Single(await farm.AssertAllSucceedAsync(await farm.SubmitAsync(1, "a circle"))).Attempts);
        Assert.DoesNotContain("PRECONDITION_FAILED", workers[0].Output + workers[0].Error, StringComparison.Ordinal);
    }

    /// <summary>An Api takes batches without a broker; it is ready once it reads its queues.</summary>
    [Fact]
    public async Task Api_BrokerThatComesLate_TakesBatchesBeforeAndMessagesThen()
    {
        await using var farm = await DistributedFarm.OnEmptyServersAsync();
        using var migration = await farm.MigrateAsync();
        await farm.ReadyAsync(farm.StartTestWorker());
        using var link = new TcpLink(farm.Broker.Address.Port);
        link.Set(LinkState.Cut);
        farm.Settings["Messaging__Address"] = new UriBuilder(farm.Broker.Address) { Port = link.Port }.Uri.ToString();
        var api = farm.StartApi();
        await farm.UseAsync(api);
        await farm.EventuallyAsync(() => farm.HealthAsync(api), answer => answer.Text.Contains("\"queues\":\"The API does not read its queues", StringComparison.Ordinal), api);
        var early = await farm.SubmitAsync(1, "a circle");

        link.Set(LinkState.Open);

        await farm.ReadyAsync(api);
        await using var sender = await PlainSender.ConnectAsync(farm);
        var late = await sender.AskAsync("{\"jobs\": [{\"prompt\": \"a square\"}]}", "late");
        Assert.Equal("BatchAccepted", late.Type);
        await farm.AssertAllSucceedAsync(early);
        await farm.AssertAllSucceedAsync(late.Body.GetProperty("batch_id").GetGuid());
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
