using Hangfire;
using Hangfire.InMemory;
using Hangfire.PostgreSql;
using Hangfire.PostgreSql.Factories;
using RenderFarm.Persistence;

namespace RenderFarm.Api.Maintenance;

internal static class MaintenanceRegistration
{
    // Hangfire looks every 15 s for recurring work unless told otherwise; a silent worker's jobs must be back in seconds.
    private static readonly TimeSpan Polling = TimeSpan.FromSeconds(1);

    /// <summary>Hangfire, in memory beside SQLite and in PostgreSQL beside PostgreSQL.</summary>
    public static void AddMaintenance(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddOptions<RetentionOptions>().Bind(configuration.GetSection(RetentionOptions.Section)).ValidateDataAnnotations().ValidateOnStart();
        var database = configuration.GetSection(PersistenceOptions.Section).Get<PersistenceOptions>() ?? new();
        // Registered before Hangfire's own, which is JobStorage.Current: one for the whole process, and that of the farm that started last.
        services.AddSingleton<JobStorage>(_ => Storage(database));
        services.AddHangfire(hangfire => hangfire.UseSimpleAssemblyNameTypeSerializer().UseRecommendedSerializerSettings());
        services.AddHangfireServer(server =>
        {
            server.SchedulePollingInterval = Polling;
            server.WorkerCount = 2;
        });
        services.AddTransient<SweepJob>().AddTransient<OrphanJob>().AddTransient<RetentionJob>();
        services.AddHostedService<RecurringWork>();
    }

    private static JobStorage Storage(PersistenceOptions database)
    {
        if (database.Provider != "postgres")
            return new InMemoryStorage(new InMemoryStorageOptions { MaxExpirationTime = TimeSpan.FromMinutes(5) });
        var options = new PostgreSqlStorageOptions { QueuePollInterval = Polling };
        return new PostgreSqlStorage(new NpgsqlConnectionFactory(database.ConnectionString, options), options);
    }
}
