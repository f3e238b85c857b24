using System.Text.Json;
using RabbitMQ.Client;
using RenderFarm.Contracts.Messages;
using RenderFarm.ServerTesting;

namespace RenderFarm.Chaos.Evidence;

/// <summary>Another service that hears the farm's terminal events, on a queue of its own.</summary>
internal static class EventTap
{
    private const string Queue = "chaos-events";

    public static async Task ConnectAsync(RabbitMqServer broker)
    {
        await using var connection = await broker.ConnectAsync();
        await using var channel = await connection.CreateChannelAsync();
        await channel.QueueDeclareAsync(Queue, durable: true, exclusive: false, autoDelete: false, new Dictionary<string, object?> { ["x-queue-type"] = "quorum" });
        foreach (var type in new[] { nameof(JobSucceeded), nameof(JobFailed), nameof(BatchFinished) })
        {
            var exchange = $"{typeof(JobSucceeded).Namespace}:{type}";
            await channel.ExchangeDeclareAsync(exchange, ExchangeType.Fanout, durable: true);
            await channel.QueueBindAsync(Queue, exchange, "");
        }
    }

    /// <summary>Ids of the messages about each job or batch, by that and the event's type.</summary>
    public static async Task<ILookup<(string Type, Guid Subject), Guid>> DrainAsync(RabbitMqServer broker)
    {
        await using var connection = await broker.ConnectAsync();
        await using var channel = await connection.CreateChannelAsync();
        var heard = new List<(string Type, Guid Subject, Guid Message)>();
        while (await channel.BasicGetAsync(Queue, autoAck: true) is { } delivery)
        {
            using var envelope = JsonDocument.Parse(delivery.Body);
            var type = envelope.RootElement.GetProperty("messageType")[0].GetString()!.Split(':')[^1];
            var subject = envelope.RootElement.GetProperty("message").GetProperty(type == nameof(BatchFinished) ? "batchId" : "jobId").GetGuid();
            heard.Add((type, subject, envelope.RootElement.GetProperty("messageId").GetGuid()));
        }

        return heard.ToLookup(message => (message.Type, message.Subject), message => message.Message);
    }
}
