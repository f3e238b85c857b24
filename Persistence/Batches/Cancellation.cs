using RenderFarm.Contracts.Jobs;
using RenderFarm.Contracts.Messages;
using RenderFarm.Persistence.Events;
using RenderFarm.Persistence.Jobs;
using RenderFarm.Persistence.Sql;
using RenderFarm.Persistence.Telemetry;

namespace RenderFarm.Persistence.Batches;

/// <summary>
/// Cancels jobs. A canceled row takes no commit any more, whoever holds it (I8); workers learn of it by message, and by their next
/// heartbeat if the message is lost.
/// </summary>
public sealed class Cancellation(FarmDatabase database)
{
    /// <summary>Cancels what is not done of a batch. Returns how many jobs that were; null for an unknown batch.</summary>
    public Task<int?> CancelBatchAsync(Guid batch, string tenant, CancellationToken cancellationToken) =>
        database.WriteAsync<int?>(async transaction =>
        {
            var known = await transaction.QueryAsync($"select id from batches where id = {batch} and tenant = {tenant}", row => row.Id(0)).ConfigureAwait(false);
            return known.Count == 0 ? null : await CancelAsync(transaction, new("batch_id"), batch).ConfigureAwait(false);
        }, cancellationToken);

    /// <summary>Cancels a job unless it is done. Returns how many jobs that were, 0 or 1; null for an unknown job.</summary>
    public Task<int?> CancelJobAsync(Guid job, string tenant, CancellationToken cancellationToken) =>
        database.WriteAsync<int?>(async transaction =>
        {
            var known = await transaction.QueryAsync($"select id from jobs where id = {job} and tenant = {tenant}", row => row.Id(0)).ConfigureAwait(false);
            return known.Count == 0 ? null : await CancelAsync(transaction, new("id"), job).ConfigureAwait(false);
        }, cancellationToken);

    private static async Task<int> CancelAsync(FarmTransaction transaction, Raw column, Guid value)
    {
        var total = 0;
        var running = new List<(Guid Job, Guid Batch)>();
        for (var found = true; found;)
        {
            // Again while some were found: between the statements a job may have gone back from running to queued.
            found = false;
            foreach (var state in JobStateMachine.From(JobEvent.Cancel))
            {
                var rows = await transaction.QueryAsync($"""
                    update jobs set state = {JobState.Canceled}, finished_at = {transaction.Now}, dispatched_at = null, lease_until = null
                    where {column} = {value} and state = {state} returning id, batch_id, model
                    """, row => (Job: row.Id(0), Batch: row.Id(1), Model: row.GetString(2))).ConfigureAwait(false);
                await Tally.MoveAsync(transaction, state, JobState.Canceled, rows.Select(row => row.Batch)).ConfigureAwait(false);
                if (state == JobState.Running)
                    running.AddRange(rows.Select(row => (row.Job, row.Batch)));
                transaction.Afterwards(() => rows.ForEach(row => FarmMetrics.CountFinished(row.Model, JobState.Canceled)));
                total += rows.Count;
                found |= rows.Count > 0;
            }
        }

        foreach (var batch in running.GroupBy(row => row.Batch))
            await Outbox.AddAsync(transaction, new JobsCanceled { BatchId = batch.Key, JobIds = [.. batch.Select(row => row.Job)] }).ConfigureAwait(false);
        return total;
    }
}
