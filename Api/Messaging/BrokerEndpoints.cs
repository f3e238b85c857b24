using MassTransit;
using Microsoft.Extensions.Options;
using RenderFarm.Api.Submissions;
using RenderFarm.Persistence.Broker;

namespace RenderFarm.Api.Messaging;

/// <summary>
/// Connects the API's queues to its bus once they are made on the broker, for which the API does not wait: it takes batches while the broker is away. Ends the process where, at its
/// start, the broker has one of them with other settings.
/// </summary>
internal sealed partial class BrokerEndpoints(
    IReceiveEndpointConnector connector, BrokerQueues broker, IOptions<MessagingOptions> options, IHostApplicationLifetime lifetime, ILogger<BrokerEndpoints> logger) : BackgroundService
{
    private volatile bool _started;

    /// <summary>Throws until all are read from; how they are from then on the bus's own check says.</summary>
    public Task CheckAsync() => _started ? Task.CompletedTask : throw new InvalidOperationException("The API does not read its queues on the broker yet.");

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

        HostReceiveEndpointHandle[] handles = [connector.ConnectReceiveEndpoint(BrokerQueue.Undelivered.Name, ConfigureUndelivered), .. SubmissionEndpoints.Connect(connector)];
        // Not Ready, which fails where MassTransit goes on trying.
        await Task.WhenAll(handles.Select(handle => handle.ReceiveEndpoint.Started)).WaitAsync(stoppingToken).ConfigureAwait(false);
        _started = true;
    }

    private static void ConfigureUndelivered(IRegistrationContext context, IReceiveEndpointConfigurator endpoint)
    {
        endpoint.SetArguments(BrokerQueue.Undelivered.Arguments);
        endpoint.ConfigureConsumeTopology = false;
        endpoint.SitOutOutages();
        endpoint.NoteWhatIsSetAside(context);
        endpoint.ConfigureConsumer<UndeliveredConsumer>(context);
    }

    [LoggerMessage(Level = LogLevel.Critical, Message = "The API cannot read its queues: {Reason}")]
    private partial void Foreign(string reason);
}
