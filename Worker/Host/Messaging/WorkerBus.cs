using MassTransit;
using Microsoft.Extensions.Options;

namespace RenderFarm.Worker.Messaging;

/// <summary>The bus of a worker process.</summary>
internal static class WorkerBus
{
    public static IServiceCollection AddWorkerBus(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddOptions<WorkerMessagingOptions>().Bind(configuration.GetSection(WorkerMessagingOptions.Section)).ValidateDataAnnotations().ValidateOnStart();
        return services.AddMassTransit(bus => bus.UsingRabbitMq((context, rabbit) =>
            rabbit.Host(context.GetRequiredService<IOptions<WorkerMessagingOptions>>().Value.Address)));
    }
}
