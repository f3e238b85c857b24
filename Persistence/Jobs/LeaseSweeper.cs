using RenderFarm.Contracts.Jobs;
using RenderFarm.Persistence.Batches;
using RenderFarm.Persistence.Sql;

namespace RenderFarm.Persistence.Jobs;

/// <summary>Brings back what was lost on the way: jobs of workers that went silent, and messages that a broker lost.</summary>
public sealed class LeaseSweeper(FarmDatabase database)
{
    private static readonly JobError Silent = new() { Kind = "lease_expired", Message = "The worker went silent: its lease ran out without a result." };
    private static readonly JobError Restarted = new() { Kind = "lease_expired", Message = "The farm was stopped while the job was being rendered." };

    /// <summary>
    /// Requeues jobs whose lease ran out, or fails them past the last attempt, and lets jobs be dispatched again whose message is older
    /// than <paramref name="messageLife"/>.
    /// </summary>
    public Task<SweepReport> SweepAsync(TimeSpan messageLife, CancellationToken cancellationToken) =>
        database.WriteAsync(transaction => SweepAsync(transaction, transaction.Now, transaction.Now - messageLife, Silent), cancellationToken);

    /// <summary>
    /// At the start of a farm that is one process: no lease of before can be alive and no message is left, so everything unfinished is
    /// taken up at once.
    /// </summary>
    public Task<SweepReport> RecoverAsync(CancellationToken cancellationToken) =>
        database.WriteAsync(transaction => SweepAsync(transaction, DateTimeOffset.MaxValue, DateTimeOffset.MaxValue, Restarted), cancellationToken);

    private async Task<SweepReport> SweepAsync(FarmTransaction transaction, DateTimeOffset leasesBefore, DateTimeOffset messagesBefore, JobError error)
    {
        var limit = database.Options.MaxAttempts;
        var failed = await transaction.QueryAsync($"""
            update jobs set state = {JobState.Failed}, finished_at = {transaction.Now}, lease_until = null, dispatched_at = null, stage = null,
                error_kind = {error.Kind}, error_message = {error.Message}
            where state = 'running' and lease_until < {leasesBefore} and attempts >= {limit} returning id, batch_id, custom_id
            """, row => new FailedJob(row.Id(0), row.Id(1), row.GetString(2), error)).ConfigureAwait(false);
        await Requeue.TellFailedAsync(transaction, failed).ConfigureAwait(false);

        var requeued = await transaction.QueryAsync($"""
            update jobs set state = {JobState.Queued}, lease_until = null, dispatched_at = null, stage = null,
                error_kind = {error.Kind}, error_message = {error.Message}
            where state = 'running' and lease_until < {leasesBefore} and attempts < {limit} returning batch_id, lane
            """, row => (Batch: row.Id(0), Lane: row.GetInt32(1))).ConfigureAwait(false);
        await Tally.MoveAsync(transaction, JobState.Running, JobState.Queued, requeued.Select(row => row.Batch)).ConfigureAwait(false);

        var lost = await transaction.QueryAsync($"""
            update jobs set dispatched_at = null where state = 'queued' and dispatched_at is not null and dispatched_at < {messagesBefore}
            returning batch_id, lane
            """, row => (Batch: row.Id(0), Lane: row.GetInt32(1))).ConfigureAwait(false);
        await Requeue.OpenLanesAsync(transaction, requeued.Concat(lost)).ConfigureAwait(false);
        await ReopenAsync(transaction).ConfigureAwait(false);
        return new(requeued.Count, failed.Count, lost.Count);
    }

    /// <summary>A lane closed by dispatch in the very moment in which another transaction gave it a job back.</summary>
    private static Task<int> ReopenAsync(FarmTransaction transaction) =>
        transaction.ExecuteAsync($"""
            update lanes set open = {true} where open = {false} and batch_id in (select id from batches where queued > 0) and exists (
                select 1 from jobs where jobs.batch_id = lanes.batch_id and jobs.lane = lanes.number and state = 'queued' and dispatched_at is null)
            """);
}
