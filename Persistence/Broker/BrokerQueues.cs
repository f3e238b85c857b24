using System.Globalization;
using Microsoft.Extensions.Logging;
using RabbitMQ.Client;
using RabbitMQ.Client.Exceptions;

namespace RenderFarm.Persistence.Broker;

/// <summary>
/// Makes what a process reads from on the broker, one after another, before MassTransit does: where something has its name and other settings, that fails with an error. MassTransit declares
/// several at a time on one channel, which the broker closes at the first refusal, and RabbitMQ.Client then loses the others' waiting calls (rabbitmq-dotnet-client, issue 1976): an endpoint that
/// neither starts nor fails. Where it does fail, MassTransit asks again for ever.
/// </summary>
public sealed partial class BrokerQueues(TimeProvider time, ILogger<BrokerQueues> logger)
{
    private const int PreconditionFailed = 406;
    private static readonly TimeSpan Retry = TimeSpan.FromSeconds(2);

    /// <summary>Makes queues, once the broker answers.</summary>
    /// <param name="address">The broker's, such as amqp://user:password@host:5672/vhost.</param>
    /// <param name="queues">In the order in which they are made.</param>
    /// <param name="cancellationToken">Ends the waiting.</param>
    /// <exception cref="QueueSettingsException">The broker has one with other settings; the text says which, what was expected, and what to do.</exception>
    public async Task MakeAsync(Uri address, IReadOnlyList<BrokerQueue> queues, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(address);
        ArgumentNullException.ThrowIfNull(queues);
        var factory = new ConnectionFactory { Uri = address };
        for (; ; )
        {
            try
            {
                var connection = await factory.CreateConnectionAsync(cancellationToken).ConfigureAwait(false);
                await using var _ = connection.ConfigureAwait(false);
                foreach (var queue in queues)
                    await MakeAsync(connection, queue, cancellationToken).ConfigureAwait(false);
                return;
            }
            catch (Exception e) when (e is not QueueSettingsException)
            {
                cancellationToken.ThrowIfCancellationRequested();
                Unreachable(factory.Endpoint.HostName, factory.Endpoint.Port, e);
            }

            await Task.Delay(Retry, time, cancellationToken).ConfigureAwait(false);
        }
    }

    private static async Task MakeAsync(IConnection connection, BrokerQueue queue, CancellationToken cancellationToken)
    {
        var channel = await connection.CreateChannelAsync(cancellationToken: cancellationToken).ConfigureAwait(false);
        await using var _ = channel.ConfigureAwait(false);
        await ExplainedAsync(channel.ExchangeDeclareAsync(queue.Name, ExchangeType.Fanout, durable: true, cancellationToken: cancellationToken),
            $"Exchange '{queue.Name}'", "durable, of type fanout", $"delete it (on the broker's management page, or 'rabbitmqadmin delete exchange name={queue.Name}')").ConfigureAwait(false);
        await ExplainedAsync(channel.QueueDeclareAsync(queue.Name, durable: true, exclusive: false, autoDelete: false, new Dictionary<string, object?>(queue.Arguments), cancellationToken: cancellationToken),
            $"Queue '{queue.Name}'", $"durable, with {Listed(queue.Arguments)}", $"delete it ('rabbitmqctl delete_queue {queue.Name}'; {queue.WhenDeleted})").ConfigureAwait(false);
        await channel.QueueBindAsync(queue.Name, queue.Name, routingKey: "", cancellationToken: cancellationToken).ConfigureAwait(false);
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
                $"{what} was made with other settings, perhaps by an older version: {refusal.ReplyText}. Expected is {expected}. Stop what uses it, {remedy}, and start again.", e);
        }
    }

    private static string Listed(IReadOnlyDictionary<string, object?> arguments) =>
        string.Join(", ", arguments.Select(argument => string.Create(CultureInfo.InvariantCulture, $"{argument.Key} = {argument.Value}")));

    [LoggerMessage(Level = LogLevel.Warning, Message = "RabbitMQ at {Host}:{Port} cannot be used; tried again shortly")]
    private partial void Unreachable(string host, int port, Exception exception);
}
