using MassTransit;

namespace RenderFarm.Api.Messaging;

internal static class MessagingRegistration
{
    /// <summary>The bus of this process. A worker in the same process connects its queues to it while it runs.</summary>
    public static void AddFarmBus(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddOptions<MessagingOptions>().Bind(configuration.GetSection(MessagingOptions.Section)).ValidateDataAnnotations().ValidateOnStart();
        var options = configuration.GetSection(MessagingOptions.Section).Get<MessagingOptions>() ?? new();
        services.AddMassTransit(bus =>
        {
            if (options is { Transport: MessagingOptions.RabbitMq, Address: { } address })
                bus.UsingRabbitMq((_, rabbit) => rabbit.Host(address));
            else
                bus.UsingInMemory();
        });
    }
}
