using RenderFarm.Contracts.Jobs;
using RenderFarm.Persistence.Sql;
using RenderFarm.Persistence.Telemetry;

namespace RenderFarm.Persistence.Jobs;

/// <summary>
/// Takes up waiting jobs whose message was given up: dead-lettered by the broker, or moved aside because a worker could not even look at it.
/// Each such message counts as an attempt, so that what breaks every worker ends failed, whatever the broker counts.
/// </summary>
public sealed class JobReturns(FarmDatabase database)
{
    /// <summary>
    /// Lets the job be dispatched again after a growing wait, or fails it at its last attempt. Returns the state that it is in now; null where
    /// nothing was to be done: it is finished, with a worker, or already waiting for dispatch.
    /// </summary>
    public Task<JobState?> ReturnAsync(Guid job, string reason, CancellationToken cancellationToken)
    {
        var error = new JobError { Kind = "undelivered", Message = reason };
        return database.WriteAsync<JobState?>(async transaction =>
        {
            var waiting = await transaction.QueryAsync(
                $"select attempts from jobs where id = {job} and dispatched_at is not null and state in {JobStateMachine.From(JobEvent.Return)}",
                row => row.GetInt32(0)).ConfigureAwait(false);
            if (waiting.Count == 0)
                return null;
            var attempts = waiting[0] + 1;
            return attempts < database.Options.MaxAttempts
                ? await ReturnAsync(transaction, job, error, attempts).ConfigureAwait(false)
                : await GiveUpAsync(transaction, job, error, attempts).ConfigureAwait(false);
        }, cancellationToken);
    }

    private async Task<JobState?> ReturnAsync(FarmTransaction transaction, Guid job, JobError error, int attempts)
    {
        var rows = await transaction.QueryAsync($"""
            update jobs set attempts = {attempts}, dispatched_at = null, not_before = {transaction.Now + database.Options.DelayAfter(attempts)},
                error_kind = {error.Kind}, error_message = {error.Message}
            where id = {job} and dispatched_at is not null and state in {JobStateMachine.From(JobEvent.Return)} returning batch_id, lane, model
            """, row => (Batch: row.Id(0), Lane: row.GetInt32(1), Model: row.GetString(2))).ConfigureAwait(false);
        transaction.Afterwards(() => rows.ForEach(row => FarmMetrics.CountRetried(row.Model, error.Kind)));
        await Requeue.OpenLanesAsync(transaction, rows.Select(row => (row.Batch, row.Lane))).ConfigureAwait(false);
        return rows.Count == 0 ? null : JobState.Queued;
    }

    private static async Task<JobState?> GiveUpAsync(FarmTransaction transaction, Guid job, JobError error, int attempts)
    {
        var rows = await transaction.QueryAsync($"""
            update jobs set state = {JobState.Failed}, attempts = {attempts}, finished_at = {transaction.Now}, dispatched_at = null,
                error_kind = {error.Kind}, error_message = {error.Message}
            where id = {job} and dispatched_at is not null and state in {JobStateMachine.From(JobEvent.GiveUp)} returning id, batch_id, custom_id, model
            """, row => new FailedJob(row.Id(0), row.Id(1), row.GetString(2), row.GetString(3), error)).ConfigureAwait(false);
        await Requeue.TellFailedAsync(transaction, rows, from: JobState.Queued).ConfigureAwait(false);
        return rows.Count == 0 ? null : JobState.Failed;
    }
}
