using System.Globalization;
using RabbitMQ.Client;
using RabbitMQ.Client.Exceptions;
using RenderFarm.Persistence.Dispatch;

namespace RenderFarm.Worker.Messaging;

/// <summary>
/// Makes what a worker uses on the broker, before MassTransit does: where something has its name and other settings, that fails with an error. MassTransit does not
/// always tell of it, and may ask again for ever.
/// </summary>
internal sealed partial class BrokerTopology(TimeProvider time, ILogger<BrokerTopology> logger)
{
    // A worker that hands work back acknowledges its message, and the message sent anew counts from 0: only workers that die with a message count.
    private const int DeliveryLimit = 100;
    private const int PreconditionFailed = 406;
    private static readonly TimeSpan Retry = TimeSpan.FromSeconds(2);
    private static readonly Dictionary<string, object?> Quorum = new() { ["x-queue-type"] = "quorum" };

    /// <summary>
    /// What a model's queue is made with beside being durable. On as many brokers as there are, nothing lost on the way to the queue of what was given up, and nothing
    /// kept for ever by a worker that hangs. RabbitMQ before 3.12 knows no such time per queue and goes by its own, half an hour.
    /// </summary>
    public static IReadOnlyDictionary<string, object?> ArgumentsOf(WorkerMessagingOptions options) => new Dictionary<string, object?>(Quorum)
    {
        ["x-consumer-timeout"] = (long)options.AcknowledgementTimeout.TotalMilliseconds,
        ["x-delivery-limit"] = DeliveryLimit,
        ["x-overflow"] = "reject-publish",
        ["x-dead-letter-strategy"] = "at-least-once",
        ["x-dead-letter-exchange"] = RenderQueue.Undelivered,
    };

    /// <summary>Makes a model's queue and the one for what is given up, once the broker answers.</summary>
    /// <exception cref="QueueSettingsException">The broker has one with other settings; the text says which, what was expected, and what to do.</exception>
    public async Task MakeAsync(string queue, WorkerMessagingOptions options, CancellationToken cancellationToken)
    {
        for (; ; )
        {
            try
            {
                var connection = await new ConnectionFactory { Uri = options.Address! }.CreateConnectionAsync(cancellationToken).ConfigureAwait(false);
                await using var _ = connection.ConfigureAwait(false);
                foreach (var (name, arguments) in new[] { (RenderQueue.Undelivered, Quorum), (queue, ArgumentsOf(options)) })
                    await MakeAsync(connection, name, arguments, cancellationToken).ConfigureAwait(false);
                return;
            }
            catch (Exception e) when (e is not QueueSettingsException && !cancellationToken.IsCancellationRequested)
            {
                Unreachable(options.Address!.Host, options.Address.Port, e);
            }

            await Task.Delay(Retry, time, cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>An exchange and a queue of one name, as MassTransit makes them.</summary>
    private static async Task MakeAsync(IConnection connection, string name, IReadOnlyDictionary<string, object?> arguments, CancellationToken cancellationToken)
    {
        var channel = await connection.CreateChannelAsync(cancellationToken: cancellationToken).ConfigureAwait(false);
        await using var _ = channel.ConfigureAwait(false);
        await ExplainedAsync(channel.ExchangeDeclareAsync(name, ExchangeType.Fanout, durable: true, cancellationToken: cancellationToken),
            $"Exchange '{name}'", "durable, of type fanout", $"delete it (on the broker's management page, or 'rabbitmqadmin delete exchange name={name}')").ConfigureAwait(false);
        await ExplainedAsync(channel.QueueDeclareAsync(name, durable: true, exclusive: false, autoDelete: false, new Dictionary<string, object?>(arguments), cancellationToken: cancellationToken),
            $"Queue '{name}'", $"durable, with {Listed(arguments)}", $"delete it ('rabbitmqctl delete_queue {name}')").ConfigureAwait(false);
    }

    private static async Task ExplainedAsync(Task making, string what, string expected, string remedy)
    {
        try
        {
            await making.ConfigureAwait(false);
        }
        catch (OperationInterruptedException e) when (e.ShutdownReason is { ReplyCode: PreconditionFailed } refusal)
        {
            throw new QueueSettingsException(
                $"{what} was made with other settings, perhaps by an older version or another Messaging:LongestGroup: {refusal.ReplyText}. Expected is {expected}. Stop the workers, "
                + $"{remedy}, and start them again: jobs whose messages it held are dispatched anew after Dispatch:MessageLife.", e);
        }
    }

    private static string Listed(IReadOnlyDictionary<string, object?> arguments) =>
        string.Join(", ", arguments.Select(argument => string.Create(CultureInfo.InvariantCulture, $"{argument.Key} = {argument.Value}")));

    [LoggerMessage(Level = LogLevel.Warning, Message = "RabbitMQ at {Host}:{Port} cannot be used; tried again shortly")]
    private partial void Unreachable(string host, int port, Exception exception);
}
