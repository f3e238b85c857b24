using MassTransit;
using RenderFarm.Persistence;
using RenderFarm.Persistence.Dispatch;

namespace RenderFarm.Api.Messaging;

internal static class MessagingRegistration
{
    // An hour of a database that is away; what then is moved aside waits for the sweep of lost messages.
    private const int OutageTries = 720;
    private static readonly TimeSpan OutageWait = TimeSpan.FromSeconds(5);

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
            bus.AddConsumer<UndeliveredConsumer>();
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
                });
            else
                bus.UsingInMemory();
        });
    }

    private static void ConfigureUndelivered(IReceiveEndpointConfigurator endpoint, IRegistrationContext context)
    {
        endpoint.ConfigureConsumeTopology = false;
        endpoint.UseMessageRetry(retry =>
        {
            retry.Handle<Exception>(Outage.Is);
            retry.Interval(OutageTries, OutageWait);
        });
        endpoint.ConfigureConsumer<UndeliveredConsumer>(context);
    }
}
