using Hangfire;

namespace RenderFarm.Api.Schedules;

/// <summary>
/// Hangfire's recurring job that submits scheduled batches. It takes none of Hangfire's locks, which a killed process would leave behind for
/// minutes: the runner lets none of its process in beside itself, and what two processes do twice happens once.
/// </summary>
public sealed class ScheduleJob(IServiceProvider services)
{
    /// <summary>Submits what is due.</summary>
    [AutomaticRetry(Attempts = 0)]
    public Task RunAsync(CancellationToken cancellationToken) => services.GetRequiredService<ScheduleRunner>().RunAsync(cancellationToken);
}
