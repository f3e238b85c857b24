using MassTransit;
using Microsoft.Extensions.Options;
using RenderFarm.Persistence.Broker;
using RenderFarm.Persistence.Dispatch;
using RenderFarm.Worker.Devices;

namespace RenderFarm.Worker.Messaging;

/// <summary>Connects a worker's queues to the bus of its process, once its model is loaded.</summary>
internal sealed class WorkerEndpoints(IReceiveEndpointConnector connector, BrokerQueues broker, HeldGroups held, IOptions<WorkerMessagingOptions> options)
{
    private const string WhenDeleted = "jobs whose messages it holds are dispatched anew after Dispatch:MessageLife";

    private const string ConsumerTimeout = "x-consumer-timeout";

    private readonly List<HostReceiveEndpointHandle> _handles = [];

    /// <summary>Of the arguments that a model's queue is made with.</summary>
    public static IEnumerable<string> ArgumentNames => BrokerQueue.Lasting.Keys.Append(ConsumerTimeout);

    /// <summary>Nothing is kept for ever by a worker that hangs. RabbitMQ before 3.12 knows no such time per queue and goes by its own, half an hour.</summary>
    private Dictionary<string, object?> Arguments => new(BrokerQueue.Lasting) { [ConsumerTimeout] = (long)options.Value.AcknowledgementTimeout.TotalMilliseconds };

    /// <summary>
    /// One durable queue per model, shared by all workers that render it. Commands are sent to it, so that no exchange is bound. Ends when the
    /// queue is there; fails where the broker has one with other settings.
    /// </summary>
    public async Task ConnectAsync(ModelPool pool, CancellationToken cancellationToken)
    {
        var queue = RenderQueue.Of(pool.Model.Name);
        // Within the standalone farm there is no broker.
        if (options.Value.Address is { } address)
            await broker.MakeAsync(address, [BrokerQueue.Undelivered, new BrokerQueue(queue, Arguments, WhenDeleted)], cancellationToken).ConfigureAwait(false);
        await ReadyAsync(connector.ConnectReceiveEndpoint(queue, (_, endpoint) =>
        {
            endpoint.ConfigureConsumeTopology = false;
            endpoint.PrefetchCount = pool.Capacity;
            endpoint.ConcurrentMessageLimit = pool.Capacity;
            if (endpoint is IRabbitMqReceiveEndpointConfigurator rabbit)
                ConfigureQueue(rabbit);
            endpoint.Consumer(() => new RenderPromptConsumer(pool));
        })).WaitAsync(cancellationToken).ConfigureAwait(false);
    }

    /// <summary>A queue of this process's own, gone with it, for what all workers must hear.</summary>
    public Task ConnectNewsAsync() => ReadyAsync(connector.ConnectReceiveEndpoint(new TemporaryEndpointDefinition(), DefaultEndpointNameFormatter.Instance,
        (_, endpoint) => endpoint.Consumer(() => new JobsCanceledConsumer(held))));

    /// <summary>Takes no more messages.</summary>
    public Task StopAsync(CancellationToken cancellationToken) => Task.WhenAll(_handles.Select(handle => handle.StopAsync(cancellationToken)));

    private void ConfigureQueue(IRabbitMqReceiveEndpointConfigurator queue)
    {
        foreach (var (name, value) in Arguments)
            queue.SetQueueArgument(name, value);
    }

    private Task<ReceiveEndpointReady> ReadyAsync(HostReceiveEndpointHandle handle)
    {
        _handles.Add(handle);
        return handle.Ready;
    }
}
