using MassTransit;
using Microsoft.Extensions.Options;
using RenderFarm.Persistence.Dispatch;
using RenderFarm.Worker.Devices;

namespace RenderFarm.Worker.Messaging;

/// <summary>Connects a worker's queues to the bus of its process, once its model is loaded.</summary>
internal sealed class WorkerEndpoints(IReceiveEndpointConnector connector, BrokerTopology broker, HeldGroups held, IOptions<WorkerMessagingOptions> options)
{
    private readonly List<HostReceiveEndpointHandle> _handles = [];

    /// <summary>
    /// One durable queue per model, shared by all workers that render it. Commands are sent to it, so that no exchange is bound. Ends when the
    /// queue is there; fails where the broker has one with other settings.
    /// </summary>
    public async Task ConnectAsync(ModelPool pool, CancellationToken cancellationToken)
    {
        var queue = RenderQueue.Of(pool.Model.Name);
        // Within the standalone farm there is no broker.
        if (options.Value.Address is not null)
            await broker.MakeAsync(queue, options.Value, cancellationToken).ConfigureAwait(false);
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
        queue.SetQuorumQueue();
        foreach (var (name, value) in BrokerTopology.ArgumentsOf(options.Value))
            queue.SetQueueArgument(name, value);
        queue.BindDeadLetterQueue(RenderQueue.Undelivered, RenderQueue.Undelivered, undelivered => undelivered.SetQuorumQueue());
    }

    private Task<ReceiveEndpointReady> ReadyAsync(HostReceiveEndpointHandle handle)
    {
        _handles.Add(handle);
        return handle.Ready;
    }
}
