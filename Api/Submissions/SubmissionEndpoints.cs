using MassTransit;
using RenderFarm.Api.Messaging;
using RenderFarm.Persistence.Broker;

namespace RenderFarm.Api.Submissions;

/// <summary>Where batches come in by message.</summary>
internal static class SubmissionEndpoints
{
    /// <summary>Queue of <see cref="Contracts.Messages.SubmitBatch"/>; what is published comes here, too.</summary>
    public const string Typed = "renderfarm-submit";

    /// <summary>Queue of plain JSON.</summary>
    public const string Plain = "renderfarm-submit-json";

    // Bodies may be large, and each is in memory while it is stored.
    private const int AtOnce = 4;

    /// <summary>Both, as the broker has them.</summary>
    public static IReadOnlyList<BrokerQueue> Queues { get; } = [.. new[] { Typed, Plain }.Select(name => new BrokerQueue(name, BrokerQueue.Lasting, "batches that still wait in it are lost: have them submitted first"))];

    public static void AddSubmissions(this IServiceCollection services) => services.AddSingleton<MessagedBatch>();

    public static void ReceiveSubmissions(this IInMemoryBusFactoryConfigurator bus, IRegistrationContext context) =>
        bus.ReceiveEndpoint(Typed, endpoint => Configure<SubmitBatchConsumer>(endpoint, context));

    /// <summary>Reads from <see cref="Queues"/> once they are made.</summary>
    public static IReadOnlyList<HostReceiveEndpointHandle> Connect(IReceiveEndpointConnector connector)
    {
        var typed = connector.ConnectReceiveEndpoint(Typed, (context, endpoint) =>
        {
            endpoint.SetArguments(BrokerQueue.Lasting);
            Configure<SubmitBatchConsumer>(endpoint, context);
        });
        var plain = connector.ConnectReceiveEndpoint(Plain, (context, endpoint) =>
        {
            endpoint.SetArguments(BrokerQueue.Lasting);
            var json = new PlainJson();
            endpoint.ClearSerialization();
            endpoint.AddSerializer(json);
            endpoint.AddDeserializer(json, isDefault: true);
            endpoint.ConfigureConsumeTopology = false;
            Configure<PlainBatchConsumer>(endpoint, context);
        });
        return [typed, plain];
    }

    private static void Configure<T>(IReceiveEndpointConfigurator endpoint, IRegistrationContext context) where T : class, IConsumer
    {
        endpoint.PrefetchCount = AtOnce;
        endpoint.ConcurrentMessageLimit = AtOnce;
        // Answers are the farm's own; MassTransit's news of a fault would hold the whole message once more.
        endpoint.PublishFaults = false;
        endpoint.SitOutOutages();
        endpoint.NoteWhatIsSetAside(context);
        endpoint.ConfigureConsumer<T>(context);
    }
}
