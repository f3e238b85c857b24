using MassTransit;
using Microsoft.Extensions.Options;
using RenderFarm.Persistence.Dispatch;
using RenderFarm.Worker.Devices;

namespace RenderFarm.Worker.Messaging;

/// <summary>Connects a worker's queues to the bus of its process, once its model is loaded.</summary>
internal sealed class WorkerEndpoints(IReceiveEndpointConnector connector, HeldGroups held, IOptions<WorkerMessagingOptions> options)
{
    // A worker that hands work back acknowledges its message, and the message sent anew counts from 0: only workers that die with a message count.
    private const int DeliveryLimit = 100;
    private readonly List<HostReceiveEndpointHandle> _handles = [];

    /// <summary>
    /// One durable queue per model, shared by all workers that render it. Commands are sent to it, so that no exchange is bound. Ends when the
    /// queue is there; fails where the broker has one with other settings.
    /// </summary>
    public async Task ConnectAsync(ModelPool pool)
    {
        var queue = RenderQueue.Of(pool.Model.Name);
        var mismatch = new QueueMismatch(queue);
        var ready = ReadyAsync(connector.ConnectReceiveEndpoint(queue, (_, endpoint) =>
        {
            endpoint.ConfigureConsumeTopology = false;
            endpoint.PrefetchCount = pool.Capacity;
            endpoint.ConcurrentMessageLimit = pool.Capacity;
            if (endpoint is IRabbitMqReceiveEndpointConfigurator rabbit)
                ConfigureQueue(rabbit);
            endpoint.ConnectReceiveEndpointObserver(mismatch);
            endpoint.Consumer(() => new RenderPromptConsumer(pool));
        }));
        await (await Task.WhenAny(ready, mismatch.Found).ConfigureAwait(false)).ConfigureAwait(false);
    }

    /// <summary>A queue of this process's own, gone with it, for what all workers must hear.</summary>
    public Task ConnectNewsAsync() => ReadyAsync(connector.ConnectReceiveEndpoint(new TemporaryEndpointDefinition(), DefaultEndpointNameFormatter.Instance,
        (_, endpoint) => endpoint.Consumer(() => new JobsCanceledConsumer(held))));

    /// <summary>Takes no more messages.</summary>
    public Task StopAsync(CancellationToken cancellationToken) => Task.WhenAll(_handles.Select(handle => handle.StopAsync(cancellationToken)));

    /// <summary>
    /// On as many brokers as there are, nothing lost on the way to the queue of what was given up, and nothing kept for ever by a worker that
    /// hangs. RabbitMQ before 3.12 knows no such time per queue and goes by its own, half an hour.
    /// </summary>
    private void ConfigureQueue(IRabbitMqReceiveEndpointConfigurator queue)
    {
        queue.SetQuorumQueue();
        queue.SetDeliveryAcknowledgementTimeout(options.Value.AcknowledgementTimeout);
        queue.SetQueueArgument("x-delivery-limit", DeliveryLimit);
        queue.SetQueueArgument("x-overflow", "reject-publish");
        queue.SetQueueArgument("x-dead-letter-strategy", "at-least-once");
        queue.BindDeadLetterQueue(RenderQueue.Undelivered, RenderQueue.Undelivered, undelivered => undelivered.SetQuorumQueue());
    }

    private Task<ReceiveEndpointReady> ReadyAsync(HostReceiveEndpointHandle handle)
    {
        _handles.Add(handle);
        return handle.Ready;
    }
}
