using Hangfire;

namespace RenderFarm.Api.Maintenance;

/// <summary>Tells Hangfire at start what recurs.</summary>
internal sealed class RecurringWork(IRecurringJobManager recurring) : IHostedService
{
    private const string EveryTwoSeconds = "*/2 * * * * *";

    public Task StartAsync(CancellationToken cancellationToken)
    {
        recurring.AddOrUpdate<SweepJob>("sweep-leases", job => job.RunAsync(CancellationToken.None), EveryTwoSeconds);
        recurring.AddOrUpdate<OrphanJob>("sweep-orphans", job => job.RunAsync(CancellationToken.None), Cron.Minutely);
        recurring.AddOrUpdate<RetentionJob>("delete-finished", job => job.RunAsync(CancellationToken.None), Cron.Minutely);
        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
