using Hangfire;
using Hangfire.InMemory;
using Hangfire.PostgreSql;
using RenderFarm.Persistence;

namespace RenderFarm.Api.Maintenance;

internal static class MaintenanceRegistration
{
    // Hangfire looks every 15 s for recurring work unless told otherwise; a silent worker's jobs must be back in seconds.
    private static readonly TimeSpan Polling = TimeSpan.FromSeconds(1);

    /// <summary>Hangfire, in memory beside SQLite and in PostgreSQL beside PostgreSQL.</summary>
    public static void AddMaintenance(this IServiceCollection services, IConfiguration configuration)
    {
        var database = configuration.GetSection(PersistenceOptions.Section).Get<PersistenceOptions>() ?? new();
        services.AddHangfire(hangfire =>
        {
            hangfire.UseSimpleAssemblyNameTypeSerializer().UseRecommendedSerializerSettings();
            if (database.Provider == "postgres")
                hangfire.UsePostgreSqlStorage(postgres => postgres.UseNpgsqlConnection(database.ConnectionString), new() { QueuePollInterval = Polling });
            else
                hangfire.UseInMemoryStorage(new InMemoryStorageOptions { MaxExpirationTime = TimeSpan.FromMinutes(5) });
        });
        services.AddHangfireServer(server =>
        {
            server.SchedulePollingInterval = Polling;
            server.WorkerCount = 2;
        });
        services.AddTransient<SweepJob>().AddTransient<OrphanJob>();
        services.AddHostedService<RecurringWork>();
    }
}
