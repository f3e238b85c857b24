using Hangfire;
using Hangfire.AspNetCore;
using Hangfire.InMemory;
using Hangfire.PostgreSql;
using Hangfire.PostgreSql.Factories;
using Npgsql;
using RenderFarm.Persistence;

namespace RenderFarm.Api.Maintenance;

internal static class MaintenanceRegistration
{
    // Hangfire looks every 15 s for recurring work unless told otherwise; a silent worker's jobs must be back in seconds.
    private static readonly TimeSpan Polling = TimeSpan.FromSeconds(1);

    // An Api that is killed while it holds one of Hangfire's locks holds it for so long; all that recurs, lost leases among it, waits for it. What runs longer may run twice, which does no harm.
    private static readonly TimeSpan LockLife = TimeSpan.FromSeconds(30);

    /// <summary>Hangfire, in memory beside SQLite and in PostgreSQL beside PostgreSQL.</summary>
    public static void AddMaintenance(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddOptions<MaintenanceOptions>().Bind(configuration.GetSection(MaintenanceOptions.Section)).ValidateDataAnnotations().ValidateOnStart();
        services.AddOptions<RetentionOptions>().Bind(configuration.GetSection(RetentionOptions.Section)).ValidateDataAnnotations().ValidateOnStart();
        var database = configuration.GetSection(PersistenceOptions.Section).Get<PersistenceOptions>() ?? new();
        // Registered before Hangfire's own, which is JobStorage.Current: one for the whole process, and that of the farm that started last.
        services.AddSingleton<JobStorage>(provider =>
        {
            // Its log first: a storage made before would write to that of a farm that ran earlier in this process.
            provider.GetRequiredService<IGlobalConfiguration>();
            return Storage(database);
        });
        // Likewise what makes the jobs: Hangfire's own is JobActivator.Current, by which a farm could run another's jobs and none of its own.
        services.AddSingleton<JobActivator>(provider => new AspNetCoreJobActivator(provider.GetRequiredService<IServiceScopeFactory>()));
        services.AddHangfire(hangfire => hangfire.UseSimpleAssemblyNameTypeSerializer().UseRecommendedSerializerSettings());
        services.AddHangfireServer(server =>
        {
            server.SchedulePollingInterval = Polling;
            server.WorkerCount = 2;
        });
        services.AddTransient<SweepJob>().AddTransient<OrphanJob>().AddTransient<RetentionJob>();
        services.AddHostedService<RecurringWork>();
    }

    /// <summary>Hangfire's dashboard at /hangfire, where a user and a password are set.</summary>
    public static void MapMaintenance(this IEndpointRouteBuilder routes)
    {
        var options = routes.ServiceProvider.GetRequiredService<IConfiguration>().GetSection(MaintenanceOptions.Section).Get<MaintenanceOptions>() ?? new();
        if (options is { DashboardUser.Length: > 0, DashboardPassword.Length: > 0 })
            routes.MapHangfireDashboard("/hangfire", new DashboardOptions { Authorization = [new DashboardGuard(options.DashboardUser, options.DashboardPassword)] },
                routes.ServiceProvider.GetRequiredService<JobStorage>());
    }

    /// <summary>Brings Hangfire's own tables up to date; the replicas only use them.</summary>
    public static async Task MigrateAsync(PersistenceOptions database, CancellationToken cancellationToken)
    {
        if (database.Provider != "postgres")
            return;
        await using var connection = new NpgsqlConnection(database.ConnectionString);
        await connection.OpenAsync(cancellationToken).ConfigureAwait(false);
        PostgreSqlObjectsInstaller.Install(connection, new PostgreSqlStorageOptions().SchemaName);
    }

    private static JobStorage Storage(PersistenceOptions database)
    {
        if (database.Provider != "postgres")
            return new InMemoryStorage(new InMemoryStorageOptions { MaxExpirationTime = TimeSpan.FromMinutes(5) });
        var options = new PostgreSqlStorageOptions { QueuePollInterval = Polling, PrepareSchemaIfNecessary = false, DistributedLockTimeout = LockLife };
        return new PostgreSqlStorage(new NpgsqlConnectionFactory(database.ConnectionString, options), options);
    }
}
