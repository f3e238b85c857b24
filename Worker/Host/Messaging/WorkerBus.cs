using MassTransit;
using Microsoft.Extensions.Options;

namespace RenderFarm.Worker.Messaging;

/// <summary>The bus of a worker process.</summary>
internal static class WorkerBus
{
    public static IServiceCollection AddWorkerBus(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddOptions<WorkerMessagingOptions>().Bind(configuration.GetSection(WorkerMessagingOptions.Section)).ValidateDataAnnotations().ValidateOnStart();
        return services.AddMassTransit(bus =>
        {
            // MassTransit would report each process to its makers.
            bus.DisableUsageTelemetry();
            bus.UsingRabbitMq(Configure);
        });
    }

    private static void Configure(IBusRegistrationContext context, IRabbitMqBusFactoryConfigurator rabbit)
    {
        rabbit.Host(context.GetRequiredService<IOptions<WorkerMessagingOptions>>().Value.Address, host => host.PublisherConfirmation = true);
        var topology = rabbit.SendTopology;
        var names = new UndeliveredNames(topology.ErrorQueueNameFormatter, topology.DeadLetterQueueNameFormatter);
        (topology.ErrorQueueNameFormatter, topology.DeadLetterQueueNameFormatter) = (names, names);
        // As the API declares it.
        topology.ConfigureErrorSettings = queue => queue.SetQuorumQueue();
        topology.ConfigureDeadLetterSettings = queue => queue.SetQuorumQueue();
    }
}
