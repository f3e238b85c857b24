using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using RenderFarm.Persistence.Batches;
using RenderFarm.Persistence.Broker;
using RenderFarm.Persistence.Dispatch;
using RenderFarm.Persistence.Events;
using RenderFarm.Persistence.Jobs;
using RenderFarm.Persistence.Messages;
using RenderFarm.Persistence.Models;
using RenderFarm.Persistence.Pictures;
using RenderFarm.Persistence.Schedules;
using RenderFarm.Persistence.Storage;

namespace RenderFarm.Persistence;

/// <summary>Registers database, object store and what makes the broker's queues; may be called by each of the parts that one process holds.</summary>
public static class PersistenceRegistration
{
    public static IServiceCollection AddRenderFarmPersistence(this IServiceCollection services, IConfiguration configuration)
    {
        ArgumentNullException.ThrowIfNull(configuration);
        services.AddOptions<PersistenceOptions>().Bind(configuration.GetSection(PersistenceOptions.Section)).ValidateDataAnnotations().ValidateOnStart();
        services.AddOptions<StoreOptions>().Bind(configuration.GetSection(StoreOptions.Section)).ValidateDataAnnotations().ValidateOnStart();
        services.TryAddSingleton(TimeProvider.System);
        services.TryAddSingleton<FarmDatabase>();
        services.TryAddSingleton<SchemaGate>();
        services.TryAddSingleton<BatchIntake>();
        services.TryAddSingleton<Cancellation>();
        services.TryAddSingleton<JobLeases>();
        services.TryAddSingleton<JobResults>();
        services.TryAddSingleton<JobReturns>();
        services.TryAddSingleton<LeaseSweeper>();
        services.TryAddSingleton<Runway>();
        services.TryAddSingleton<Pauses>();
        services.TryAddSingleton<JobSituations>();
        services.TryAddSingleton<QueueDepths>();
        services.TryAddSingleton<PictureStore>();
        services.TryAddSingleton<OrphanSweeper>();
        services.TryAddSingleton<CheckpointStore>();
        services.TryAddSingleton<PreviewStore>();
        services.TryAddSingleton<Retention>();
        services.TryAddSingleton<Outbox>();
        services.TryAddSingleton<BrokerQueues>();
        services.TryAddSingleton<UndeliveredStore>();
        services.TryAddSingleton<ScheduleStore>();
        services.TryAddSingleton<ModelCatalogue>();
        services.TryAddSingleton<FarmQueries>();
        if (configuration.GetSection(StoreOptions.Section)[nameof(StoreOptions.Provider)] == "minio")
            services.TryAddSingleton<IObjectStore, MinioObjectStore>();
        else
            services.TryAddSingleton<IObjectStore, FolderObjectStore>();
        return services;
    }
}
