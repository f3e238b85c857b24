using Hangfire;
using RenderFarm.Api.Schedules;
using RenderFarm.Persistence;

namespace RenderFarm.Api.Maintenance;

/// <summary>Tells Hangfire what recurs, once its tables are there.</summary>
internal sealed partial class RecurringWork(IRecurringJobManager recurring, SchemaGate schema, TimeProvider time, ILogger<RecurringWork> logger) : BackgroundService
{
    private const string EveryTwoSeconds = "*/2 * * * * *";
    private static readonly TimeSpan Retry = TimeSpan.FromSeconds(2);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await schema.PassAsync(stoppingToken).ConfigureAwait(false);
        while (!Tell())
            await Task.Delay(Retry, time, stoppingToken).ConfigureAwait(false);
    }

    private bool Tell()
    {
        try
        {
            recurring.AddOrUpdate<SweepJob>("sweep-leases", job => job.RunAsync(CancellationToken.None), EveryTwoSeconds);
            recurring.AddOrUpdate<ScheduleJob>("submit-scheduled", job => job.RunAsync(CancellationToken.None), EveryTwoSeconds);
            recurring.AddOrUpdate<OrphanJob>("sweep-orphans", job => job.RunAsync(CancellationToken.None), Cron.Minutely);
            recurring.AddOrUpdate<RetentionJob>("delete-finished", job => job.RunAsync(CancellationToken.None), Cron.Minutely);
            return true;
        }
        catch (Exception e)
        {
            Failed(e);
            return false;
        }
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "Recurring work could not be set up; tried again shortly")]
    private partial void Failed(Exception exception);
}
