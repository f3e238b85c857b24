using RenderFarm.Contracts.Batches;
using RenderFarm.Contracts.Jobs;
using RenderFarm.Contracts.Messages;
using RenderFarm.Persistence.Batches;
using RenderFarm.Persistence.Events;
using RenderFarm.Persistence.Jobs;
using RenderFarm.Persistence.Sql;

namespace RenderFarm.Persistence.Dispatch;

/// <summary>
/// Holds back a batch, or all jobs of a model. What waits is no longer dispatched, what was dispatched leaves the runway to others at once and
/// is dropped when its message is taken, and what a worker has claimed goes on to its end.
/// </summary>
public sealed class Pauses(FarmDatabase database)
{
    /// <summary>True of a row of jobs that may not begin now.</summary>
    internal static readonly Raw HoldsJob = new("""
        (exists (select 1 from batches where batches.id = jobs.batch_id and batches.state = 'paused')
        or exists (select 1 from models where models.name = jobs.model and models.paused_at is not null))
        """);

    /// <summary>Pauses a batch; one that is paused or finished stays as it is. Returns false for an unknown batch.</summary>
    public Task<bool> PauseBatchAsync(Guid batch, string tenant, CancellationToken cancellationToken) =>
        database.WriteAsync(async transaction =>
        {
            // Jobs before their batch, as everywhere: two transactions that touch both wait for each other instead of deadlocking.
            await TakeBackAsync(transaction, new("batch_id"), batch, tenant).ConfigureAwait(false);
            return await MoveAsync(transaction, batch, tenant, BatchEvent.Pause, new BatchPaused { BatchId = batch, Tenant = tenant }).ConfigureAwait(false);
        }, cancellationToken);

    /// <summary>Lets a paused batch go on; any other stays as it is. Returns false for an unknown batch.</summary>
    public Task<bool> ResumeBatchAsync(Guid batch, string tenant, CancellationToken cancellationToken) =>
        database.WriteAsync(
            transaction => MoveAsync(transaction, batch, tenant, BatchEvent.Resume, new BatchResumed { BatchId = batch, Tenant = tenant }), cancellationToken);

    /// <summary>Pauses a model for all tenants. Returns false for an unknown model.</summary>
    public Task<bool> PauseModelAsync(string model, CancellationToken cancellationToken) =>
        database.WriteAsync(async transaction =>
        {
            await TakeBackAsync(transaction, new("model"), model, null).ConfigureAwait(false);
            return await transaction.ExecuteAsync($"update models set paused_at = coalesce(paused_at, {transaction.Now}) where name = {model}").ConfigureAwait(false) > 0;
        }, cancellationToken);

    /// <summary>Lets a paused model go on. Returns false for an unknown model.</summary>
    public Task<bool> ResumeModelAsync(string model, CancellationToken cancellationToken) =>
        database.WriteAsync(async transaction =>
            await transaction.ExecuteAsync($"update models set paused_at = null where name = {model}").ConfigureAwait(false) > 0, cancellationToken);

    private static async Task TakeBackAsync(FarmTransaction transaction, Raw column, object value, string? tenant)
    {
        var rows = await transaction.QueryAsync($"""
            update jobs set dispatched_at = null where {column} = {value} and tenant = coalesce({tenant}, tenant) and state = {JobState.Queued}
                and dispatched_at is not null returning batch_id, lane
            """, row => (row.Id(0), row.GetInt32(1))).ConfigureAwait(false);
        await Requeue.OpenLanesAsync(transaction, rows).ConfigureAwait(false);
    }

    private static async Task<bool> MoveAsync<T>(FarmTransaction transaction, Guid batch, string tenant, BatchEvent @event, T told) where T : notnull
    {
        foreach (var state in BatchStateMachine.From(@event))
            if (await transaction.ExecuteAsync($"""
                update batches set state = {BatchStateMachine.Next(state, @event)} where id = {batch} and tenant = {tenant} and state = {state}
                """).ConfigureAwait(false) > 0)
            {
                await Outbox.AddAsync(transaction, told).ConfigureAwait(false);
                return true;
            }

        // Ignored in the state that it is in, or unknown.
        var known = await transaction.QueryAsync($"select id from batches where id = {batch} and tenant = {tenant}", row => row.Id(0)).ConfigureAwait(false);
        return known.Count > 0;
    }
}
