using MassTransit;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using RenderFarm.Api.Health;
using RenderFarm.Api.Submissions;

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
            bus.AddConsumer<UndeliveredConsumer>();
            bus.AddConsumer<SubmitBatchConsumer>();
            bus.AddConsumer<PlainBatchConsumer>();
            if (options is { Transport: MessagingOptions.RabbitMq, Address: { } address })
            {
                services.AddSingleton<BrokerEndpoints>().AddHostedService(provider => provider.GetRequiredService<BrokerEndpoints>());
                services.AddHealthChecks().Add(new("queues", provider => new Probe(_ => provider.GetRequiredService<BrokerEndpoints>().CheckAsync()), HealthStatus.Unhealthy, [HealthRegistration.Ready]));
                // A message counts as sent when the broker has it, and not before.
                bus.UsingRabbitMq((_, rabbit) => rabbit.Host(address, host => host.PublisherConfirmation = true));
            }
            else
            {
                bus.UsingInMemory((context, memory) => memory.ReceiveSubmissions(context));
            }
        });
    }
}
