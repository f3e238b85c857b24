using MassTransit;
using RenderFarm.Api.Submissions;
using RenderFarm.Persistence.Dispatch;

namespace RenderFarm.Api.Messaging;

internal static class MessagingRegistration
{
    /// <summary>The bus of this process. A worker in the same process connects its queues to it while it runs.</summary>
    public static void AddFarmBus(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddOptions<MessagingOptions>().Bind(configuration.GetSection(MessagingOptions.Section)).ValidateDataAnnotations().ValidateOnStart();
        var options = configuration.GetSection(MessagingOptions.Section).Get<MessagingOptions>() ?? new();
        services.AddSingleton<UndeliveredLog>();
        services.AddMassTransit(bus =>
        {
            // MassTransit would report each process to its makers.
            bus.DisableUsageTelemetry();
            services.AddReceiveEndpointObserver<ForeignQueueWatch>();
            bus.AddConsumer<UndeliveredConsumer>();
            bus.AddConsumer<SubmitBatchConsumer>();
            bus.AddConsumer<PlainBatchConsumer>();
            if (options is { Transport: MessagingOptions.RabbitMq, Address: { } address })
                bus.UsingRabbitMq((context, rabbit) =>
                {
                    // A message counts as sent when the broker has it, and not before.
                    rabbit.Host(address, host => host.PublisherConfirmation = true);
                    rabbit.ReceiveEndpoint(RenderQueue.Undelivered, endpoint =>
                    {
                        endpoint.SetQuorumQueue();
                        ConfigureUndelivered(endpoint, context);
                    });
                    rabbit.ReceiveSubmissions(context);
                });
            else
                bus.UsingInMemory((context, memory) => memory.ReceiveSubmissions(context));
        });
    }

    private static void ConfigureUndelivered(IReceiveEndpointConfigurator endpoint, IRegistrationContext context)
    {
        endpoint.ConfigureConsumeTopology = false;
        endpoint.SitOutOutages();
        endpoint.NoteWhatIsSetAside(context);
        endpoint.ConfigureConsumer<UndeliveredConsumer>(context);
    }
}
