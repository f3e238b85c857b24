using RenderFarm.Api.Batches;
using RenderFarm.Persistence;
using RenderFarm.Persistence.Schedules;

namespace RenderFarm.Api.Schedules;

/// <summary>
/// Submits what is due. First the batch, recognised by schedule and time, then the note that it is there: whoever does it again, after a crash in
/// between or beside another process, finds the batch and makes no second one.
/// </summary>
internal sealed partial class ScheduleRunner(ScheduleStore schedules, BatchSubmission submission, TimeProvider time, ILogger<ScheduleRunner> logger) : IDisposable
{
    private const int AtOnce = 20;
    private readonly SemaphoreSlim _gate = new(1);

    /// <summary>Submits what is due, or leaves it to the run that is at it.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        if (!await _gate.WaitAsync(0, cancellationToken).ConfigureAwait(false))
            return;
        try
        {
            await SubmitDueAsync(cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            _gate.Release();
        }
    }

    public void Dispose() => _gate.Dispose();

    private async Task SubmitDueAsync(CancellationToken cancellationToken)
    {
        foreach (var due in await schedules.DueAsync(AtOnce, cancellationToken).ConfigureAwait(false))
        {
            try
            {
                await SubmitAsync(due, cancellationToken).ConfigureAwait(false);
            }
            catch (Exception e) when (!Outage.Is(e) && !cancellationToken.IsCancellationRequested)
            {
                // The others are due, too; this one is tried again with the next run.
                Failed(due.Id, e);
            }
        }
    }

    /// <summary>What fell due several times while no Api ran is submitted once, for the first of these times.</summary>
    private async Task SubmitAsync(Schedule due, CancellationToken cancellationToken)
    {
        var outcome = await submission.TakeAsync(ScheduledBatch.Of(due), cancellationToken).ConfigureAwait(false);
        var error = outcome.Errors.Count > 0 ? $"{outcome.Errors[0].Field}: {outcome.Errors[0].Message}" : null;
        var result = new ScheduleOutcome(error is null ? outcome.BatchId : null, error, Due.Of(due).After(time.GetUtcNow()));
        if (!await schedules.AdvanceAsync(due, result, cancellationToken).ConfigureAwait(false))
            return;
        if (error is null)
            Submitted(due.Id, due.Tenant, due.NextAt, outcome.BatchId);
        else
            Refused(due.Id, due.Tenant, due.NextAt, error);
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "Schedule {Schedule} of tenant '{Tenant}', due at {Due}, made batch {Batch}")]
    private partial void Submitted(Guid schedule, string tenant, DateTimeOffset? due, Guid batch);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Schedule {Schedule} of tenant '{Tenant}', due at {Due}, made no batch: {Error}")]
    private partial void Refused(Guid schedule, string tenant, DateTimeOffset? due, string error);

    [LoggerMessage(Level = LogLevel.Error, Message = "Schedule {Schedule} could not be run; tried again shortly")]
    private partial void Failed(Guid schedule, Exception exception);
}
