using RenderFarm.Persistence;
using RenderFarm.Worker.Checkpoints;
using RenderFarm.Worker.Delivery;
using RenderFarm.Worker.Devices;
using RenderFarm.Worker.Inputs;
using RenderFarm.Worker.Messaging;
using RenderFarm.Worker.Previews;
using RenderFarm.Worker.Rendering;
using RenderFarm.Worker.Telemetry;

namespace RenderFarm.Worker;

/// <summary>Puts a worker into a host: its own process, or the standalone farm's. The host has a MassTransit bus.</summary>
public static class RenderFarmWorker
{
    /// <summary>
    /// Registers a worker with one device per renderer. Each function is called once, on the thread of its device, and may take as long as
    /// loading a model takes. Settings: Worker, Rendering:PreviewInterval, Database, Store.
    /// </summary>
    public static IServiceCollection AddRenderFarmWorker(
        this IServiceCollection services, IConfiguration configuration, params IReadOnlyList<Func<IServiceProvider, IRenderer>> renderers)
    {
        ArgumentNullException.ThrowIfNull(configuration);
        services.AddRenderFarmPersistence(configuration);
        services.AddOptions<WorkerOptions>().Bind(configuration.GetSection(WorkerOptions.Section)).ValidateDataAnnotations().ValidateOnStart();
        services.AddOptions<PreviewOptions>().Bind(configuration.GetSection(PreviewOptions.Section)).ValidateDataAnnotations().ValidateOnStart();
        services.AddSingleton<HeldGroups>().AddSingleton<GroupDelivery>().AddSingleton<CheckpointKeeper>().AddSingleton<PreviewKeeper>().AddSingleton<InputFetcher>().AddSingleton<LeaseKeeper>().AddSingleton<WorkerEndpoints>().AddSingleton<WorkerReadiness>();
        services.AddSingleton<IReadOnlyList<RenderDevice>>(provider => [.. renderers.Select(renderer =>
            ActivatorUtilities.CreateInstance<RenderDevice>(provider, () => renderer(provider)))]);
        services.AddHostedService<WorkerService>();
        services.AddInstruments();
        services.AddHealthChecks().Add(new("worker", provider => provider.GetRequiredService<WorkerReadiness>(), null, ["ready"]));
        return services;
    }
}
