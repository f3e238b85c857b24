using RenderFarm.Persistence.Dispatch;

namespace RenderFarm.Persistence.Broker;

/// <summary>A durable queue on RabbitMQ, with the fanout exchange of its name that MassTransit puts before it.</summary>
/// <param name="Name">Name of both.</param>
/// <param name="Arguments">What the queue is made with beside being durable.</param>
/// <param name="WhenDeleted">What becomes of the messages in it when it is deleted, to be made anew with these arguments: the end of a sentence.</param>
public sealed record BrokerQueue(string Name, IReadOnlyDictionary<string, object?> Arguments, string WhenDeleted)
{
    // Only processes that die with a message count.
    private const int DeliveryLimit = 100;

    /// <summary>The queue of what was given up (<see cref="RenderQueue.Undelivered"/>).</summary>
    public static BrokerQueue Undelivered { get; } = new(
        RenderQueue.Undelivered, new Dictionary<string, object?> { ["x-queue-type"] = "quorum" }, "jobs whose messages it holds are dispatched anew after Dispatch:MessageLife, and GET /v1/undelivered does not tell of them");

    /// <summary>Arguments of the farm's other queues: on as many brokers as there are, nothing lost on the way to the queue of what was given up.</summary>
    public static IReadOnlyDictionary<string, object?> Lasting { get; } = new Dictionary<string, object?>(Undelivered.Arguments)
    {
        ["x-delivery-limit"] = DeliveryLimit,
        ["x-overflow"] = "reject-publish",
        ["x-dead-letter-strategy"] = "at-least-once",
        ["x-dead-letter-exchange"] = RenderQueue.Undelivered,
    };
}
