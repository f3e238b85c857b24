using MassTransit;
using RenderFarm.Persistence.Dispatch;
using RenderFarm.Worker.Devices;

namespace RenderFarm.Worker.Messaging;

/// <summary>Connects a worker's queues to the bus of its process, once its model is loaded.</summary>
internal sealed class WorkerEndpoints(IReceiveEndpointConnector connector, HeldGroups held)
{
    private readonly List<HostReceiveEndpointHandle> _handles = [];

    /// <summary>One durable queue per model, shared by all workers that render it. Commands are sent to it, so that no exchange is bound.</summary>
    public Task ConnectAsync(ModelPool pool) => ReadyAsync(connector.ConnectReceiveEndpoint(RenderQueue.Of(pool.Model.Name), (_, endpoint) =>
    {
        endpoint.ConfigureConsumeTopology = false;
        endpoint.PrefetchCount = pool.Capacity;
        endpoint.ConcurrentMessageLimit = pool.Capacity;
        if (endpoint is IRabbitMqReceiveEndpointConfigurator rabbit)
            rabbit.SetQuorumQueue();
        endpoint.Consumer(() => new RenderPromptConsumer(pool));
    }));

    /// <summary>A queue of this process's own, gone with it, for what all workers must hear.</summary>
    public Task ConnectNewsAsync() => ReadyAsync(connector.ConnectReceiveEndpoint(new TemporaryEndpointDefinition(), DefaultEndpointNameFormatter.Instance,
        (_, endpoint) => endpoint.Consumer(() => new JobsCanceledConsumer(held))));

    /// <summary>Takes no more messages.</summary>
    public Task StopAsync(CancellationToken cancellationToken) => Task.WhenAll(_handles.Select(handle => handle.StopAsync(cancellationToken)));

    private Task<ReceiveEndpointReady> ReadyAsync(HostReceiveEndpointHandle handle)
    {
        _handles.Add(handle);
        return handle.Ready;
    }
}
