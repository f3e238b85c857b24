using MassTransit;
using RenderFarm.Api.Messaging;
using RenderFarm.Persistence.Dispatch;

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

    // Only an Api that dies with a message counts.
    private const int DeliveryLimit = 100;

    public static void AddSubmissions(this IServiceCollection services) => services.AddSingleton<MessagedBatch>();

    public static void ReceiveSubmissions(this IInMemoryBusFactoryConfigurator bus, IRegistrationContext context) =>
        bus.ReceiveEndpoint(Typed, endpoint => Configure<SubmitBatchConsumer>(endpoint, context));

    public static void ReceiveSubmissions(this IRabbitMqBusFactoryConfigurator bus, IRegistrationContext context)
    {
        bus.ReceiveEndpoint(Typed, endpoint =>
        {
            ConfigureQueue(endpoint);
            Configure<SubmitBatchConsumer>(endpoint, context);
        });
        bus.ReceiveEndpoint(Plain, endpoint =>
        {
            ConfigureQueue(endpoint);
            var json = new PlainJson();
            endpoint.ClearSerialization();
            endpoint.AddSerializer(json);
            endpoint.AddDeserializer(json, isDefault: true);
            endpoint.ConfigureConsumeTopology = false;
            Configure<PlainBatchConsumer>(endpoint, context);
        });
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

    private static void ConfigureQueue(IRabbitMqReceiveEndpointConfigurator queue)
    {
        queue.SetQuorumQueue();
        queue.SetQueueArgument("x-delivery-limit", DeliveryLimit);
        queue.SetQueueArgument("x-overflow", "reject-publish");
        queue.SetQueueArgument("x-dead-letter-strategy", "at-least-once");
        queue.BindDeadLetterQueue(RenderQueue.Undelivered, RenderQueue.Undelivered, undelivered => undelivered.SetQuorumQueue());
    }
}
