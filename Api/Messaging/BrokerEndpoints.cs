using MassTransit;
using Microsoft.Extensions.Options;
using RenderFarm.Api.Submissions;
using RenderFarm.Persistence.Broker;
using RenderFarm.Persistence.Dispatch;

namespace RenderFarm.Api.Messaging;

/// <summary>
/// Connects the API's queues to its bus once they are made on the broker, for which the API does not wait: it takes batches while the broker is away. Ends the process where the broker has one of
/// them with other settings.
/// </summary>
internal sealed partial class BrokerEndpoints(
    IReceiveEndpointConnector connector, BrokerQueues broker, IOptions<MessagingOptions> options, IHostApplicationLifetime lifetime, ILogger<BrokerEndpoints> logger) : BackgroundService
{
    private readonly TaskCompletionSource _ready = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Throws until all are read from.</summary>
    public Task CheckAsync() => _ready.Task.IsCompletedSuccessfully ? Task.CompletedTask : throw new InvalidOperationException("The API's queues on the broker are not there yet.");

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            await broker.MakeAsync(options.Value.Address!, [BrokerQueue.Undelivered, .. SubmissionEndpoints.Queues], stoppingToken).ConfigureAwait(false);
        }
        catch (QueueSettingsException e)
        {
            Foreign(e.Message);
            Environment.ExitCode = 1;
            lifetime.StopApplication();
            return;
        }

        HostReceiveEndpointHandle[] handles = [connector.ConnectReceiveEndpoint(RenderQueue.Undelivered, ConfigureUndelivered), .. SubmissionEndpoints.Connect(connector)];
        foreach (var handle in handles)
            await handle.Ready.WaitAsync(stoppingToken).ConfigureAwait(false);
        _ready.SetResult();
    }

    private static void ConfigureUndelivered(IRegistrationContext context, IReceiveEndpointConfigurator endpoint)
    {
        ((IRabbitMqReceiveEndpointConfigurator)endpoint).SetQuorumQueue();
        endpoint.ConfigureConsumeTopology = false;
        endpoint.SitOutOutages();
        endpoint.NoteWhatIsSetAside(context);
        endpoint.ConfigureConsumer<UndeliveredConsumer>(context);
    }

    [LoggerMessage(Level = LogLevel.Critical, Message = "The API cannot read its queues: {Reason}")]
    private partial void Foreign(string reason);
}
