using Hangfire;
using Microsoft.Extensions.Options;
using RenderFarm.Persistence.Batches;
using RenderFarm.Persistence.Schedules;

namespace RenderFarm.Api.Maintenance;

/// <summary>Hangfire's recurring job that deletes batches and schedules which finished long ago.</summary>
public sealed partial class RetentionJob(Retention retention, ScheduleStore schedules, IOptions<RetentionOptions> options, ILogger<RetentionJob> logger)
{
    private const int BatchesAtOnce = 100;

    /// <summary>Deletes the oldest of what is due; nothing where everything is kept.</summary>
    [AutomaticRetry(Attempts = 0)]
    [DisableConcurrentExecution(30)]
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        if (options.Value.FinishedFor is not { } finishedFor)
            return;
        await schedules.ForgetAsync(finishedFor, cancellationToken).ConfigureAwait(false);
        var deleted = await retention.DeleteAsync(finishedFor, BatchesAtOnce, cancellationToken).ConfigureAwait(false);
        if (deleted > 0)
            Deleted(deleted, finishedFor);
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "{Count} batches were deleted that finished more than {FinishedFor} ago")]
    private partial void Deleted(int count, TimeSpan finishedFor);
}
