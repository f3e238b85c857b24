using MassTransit;

namespace RenderFarm.Worker.Tests.Messaging;

/// <summary>The bus's real connector, but that a worker's own queue is not ready until the test says so.</summary>
internal sealed class SlowNews(IReceiveEndpointConnector inner) : IReceiveEndpointConnector
{
    private readonly TaskCompletionSource _asked = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _open = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Ends when the worker waits for its queue.</summary>
    public Task Asked => _asked.Task;

    public void Open() => _open.SetResult();

    public HostReceiveEndpointHandle ConnectReceiveEndpoint(IEndpointDefinition definition, IEndpointNameFormatter? endpointNameFormatter = null,
        Action<IBusRegistrationContext, IReceiveEndpointConfigurator>? configure = null)
    {
        _asked.SetResult();
        return new Handle(inner.ConnectReceiveEndpoint(definition, endpointNameFormatter, configure), _open.Task);
    }

    public HostReceiveEndpointHandle ConnectReceiveEndpoint(string queueName, Action<IBusRegistrationContext, IReceiveEndpointConfigurator>? configure = null) =>
        inner.ConnectReceiveEndpoint(queueName, configure);

    private sealed class Handle(HostReceiveEndpointHandle inner, Task open) : HostReceiveEndpointHandle
    {
        public IReceiveEndpoint ReceiveEndpoint => inner.ReceiveEndpoint;

        public Task<ReceiveEndpointReady> Ready { get; } = ReadyAsync(inner, open);

        public Task StopAsync(CancellationToken cancellationToken = default) => inner.StopAsync(cancellationToken);

        private static async Task<ReceiveEndpointReady> ReadyAsync(HostReceiveEndpointHandle inner, Task open)
        {
            await open;
            return await inner.Ready;
        }
    }
}
