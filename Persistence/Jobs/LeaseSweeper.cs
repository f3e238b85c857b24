using RenderFarm.Contracts.Jobs;
using RenderFarm.Persistence.Batches;
using RenderFarm.Persistence.Sql;
using RenderFarm.Persistence.Telemetry;

namespace RenderFarm.Persistence.Jobs;

/// <summary>Brings back what was lost on the way: jobs of workers that went silent, and messages that a broker lost.</summary>
public sealed class LeaseSweeper(FarmDatabase database)
{
    private static readonly JobError Silent = new() { Kind = "lease_expired", Message = "The worker went silent: its lease ran out without a result." };
    private static readonly JobError Restarted = new() { Kind = "lease_expired", Message = "The farm was stopped while the job was being rendered." };

    // While the database is away no worker can renew its lease: what ran out meanwhile says nothing about the workers.
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(15);
    private long _heard;
    private volatile bool _isAway;

    /// <summary>
    /// Requeues jobs whose lease ran out, or fails them past the last attempt, and lets jobs be dispatched again whose message is lost: older
    /// than <paramref name="messageLife"/>, while the model's workers were there and had nothing to do for as long, or took one that was sent
    /// so much later. A worker is there if it reported within <paramref name="servedFor"/>.
    /// </summary>
    public async Task<SweepReport> SweepAsync(TimeSpan messageLife, TimeSpan servedFor, CancellationToken cancellationToken)
    {
        try
        {
            var report = await database.WriteAsync(async transaction =>
            {
                if (_isAway)
                    await ExtendAsync(transaction, new(Interlocked.Read(ref _heard), TimeSpan.Zero)).ConfigureAwait(false);
                await MarkBusyAsync(transaction, messageLife, servedFor).ConfigureAwait(false);
                return await SweepAsync(transaction, transaction.Now, transaction.Now - messageLife, messageLife, Silent).ConfigureAwait(false);
            }, cancellationToken).ConfigureAwait(false);
            Interlocked.Exchange(ref _heard, database.Time.GetUtcNow().UtcTicks);
            _isAway = false;
            return report;
        }
        catch (Exception) when (!cancellationToken.IsCancellationRequested)
        {
            _isAway = true;
            throw;
        }
    }

    /// <summary>
    /// At the start of a farm that is one process: no lease of before can be alive and no message is left, so everything unfinished is
    /// taken up at once.
    /// </summary>
    public Task<SweepReport> RecoverAsync(CancellationToken cancellationToken) => database.WriteAsync(
        transaction => SweepAsync(transaction, DateTimeOffset.MaxValue, DateTimeOffset.MaxValue, TimeSpan.Zero, Restarted), cancellationToken);

    private static Task<int> ExtendAsync(FarmTransaction transaction, DateTimeOffset heard) =>
        transaction.ExecuteAsync($"""
            update jobs set lease_until = {transaction.Now + Grace}
            where state = 'running' and lease_until >= {heard} and lease_until < {transaction.Now + Grace}
            """);

    /// <summary>Notes which models' workers are busy, or gone; seldom enough to cost nothing.</summary>
    private static Task<int> MarkBusyAsync(FarmTransaction transaction, TimeSpan messageLife, TimeSpan servedFor) =>
        transaction.ExecuteAsync($"""
            update models set busy_at = {transaction.Now}
            where (busy_at is null or busy_at <= {transaction.Now - messageLife / 10}) and (seen_at <= {transaction.Now - servedFor} or exists (
                select 1 from jobs where jobs.model = models.name and state = 'running' and dispatched_at is not null and lease_until >= {transaction.Now}))
            """);

    private async Task<SweepReport> SweepAsync(
        FarmTransaction transaction, DateTimeOffset leasesBefore, DateTimeOffset messagesBefore, TimeSpan messageLife, JobError error)
    {
        var limit = database.Options.MaxAttempts;
        var failed = await transaction.QueryAsync($"""
            update jobs set state = {JobState.Failed}, finished_at = {transaction.Now}, lease_until = null, dispatched_at = null, stage = null,
                error_kind = {error.Kind}, error_message = {error.Message}
            where state = 'running' and lease_until < {leasesBefore} and attempts >= {limit} returning id, batch_id, custom_id, model
            """, row => new FailedJob(row.Id(0), row.Id(1), row.GetString(2), row.GetString(3), error)).ConfigureAwait(false);
        await Requeue.TellFailedAsync(transaction, failed).ConfigureAwait(false);

        var requeued = await transaction.QueryAsync($"""
            update jobs set state = {JobState.Queued}, lease_until = null, dispatched_at = null, stage = null,
                error_kind = {error.Kind}, error_message = {error.Message}
            where state = 'running' and lease_until < {leasesBefore} and attempts < {limit} returning batch_id, lane, model
            """, row => (Batch: row.Id(0), Lane: row.GetInt32(1), Model: row.GetString(2))).ConfigureAwait(false);
        transaction.Afterwards(() => failed.Select(job => job.Model).Concat(requeued.Select(job => job.Model)).ToList().ForEach(FarmMetrics.CountExpired));
        await Tally.MoveAsync(transaction, JobState.Running, JobState.Queued, requeued.Select(row => row.Batch)).ConfigureAwait(false);

        var lost = await TakeBackAsync(transaction, messagesBefore, messageLife).ConfigureAwait(false);
        await Requeue.OpenLanesAsync(transaction, requeued.Select(job => (job.Batch, job.Lane)).Concat(lost)).ConfigureAwait(false);
        await ReopenAsync(transaction).ConfigureAwait(false);
        return new(requeued.Count, failed.Count, lost.Count);
    }

    private static Task<List<(Guid Batch, int Lane)>> TakeBackAsync(FarmTransaction transaction, DateTimeOffset before, TimeSpan messageLife) =>
        transaction.QueryAsync($"""
            update jobs set dispatched_at = null where state = 'queued' and dispatched_at is not null and dispatched_at < {before} and (
                not exists (select 1 from models where name = jobs.model and busy_at >= {before})
                or exists (select 1 from jobs later where later.model = jobs.model and later.state = 'running' and later.lease_until >= {transaction.Now}
                    and later.dispatched_at > jobs.dispatched_at + {(long)messageLife.TotalMilliseconds}))
            returning batch_id, lane
            """, row => (Batch: row.Id(0), Lane: row.GetInt32(1)));

    /// <summary>A lane closed by dispatch in the very moment in which another transaction gave it a job back.</summary>
    private static Task<int> ReopenAsync(FarmTransaction transaction) =>
        transaction.ExecuteAsync($"""
            update lanes set open = {true} where open = {false} and batch_id in (select id from batches where queued > 0) and exists (
                select 1 from jobs where jobs.batch_id = lanes.batch_id and jobs.lane = lanes.number and state = 'queued' and dispatched_at is null)
            """);
}
