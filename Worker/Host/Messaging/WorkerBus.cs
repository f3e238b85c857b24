using MassTransit;
using Microsoft.Extensions.Options;
using RenderFarm.Persistence.Broker;

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
        topology.ConfigureErrorSettings = MakeUndelivered;
        topology.ConfigureDeadLetterSettings = MakeUndelivered;
    }

    /// <summary>As all others make it: MassTransit gives it the arguments of the queue that the message comes from, and the broker would refuse it and take the worker's messages back.</summary>
    private static void MakeUndelivered(IRabbitMqQueueConfigurator queue)
    {
        foreach (var name in WorkerEndpoints.ArgumentNames)
            queue.SetQueueArgument(name, BrokerQueue.Undelivered.Arguments.GetValueOrDefault(name));
    }
}
