using RenderFarm.Contracts.Batches;
using RenderFarm.Contracts.Messages;
using RenderFarm.Persistence.Events;
using RenderFarm.Persistence.Pictures;
using RenderFarm.Persistence.Sql;
using RenderFarm.Persistence.Telemetry;

namespace RenderFarm.Persistence.Batches;

/// <summary>Stores accepted batches: batch, lanes, jobs, idempotency key and the news of it in one transaction, so that either all of it is there or nothing.</summary>
public sealed class BatchIntake(FarmDatabase database)
{
    /// <summary>Stores a batch, or finds the one that its idempotency key already made.</summary>
    public Task<Acceptance> AcceptAsync(NewBatch batch, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(batch);
        return database.WriteAsync(transaction => StoreAsync(transaction, batch), cancellationToken);
    }

    /// <summary>The batch that an idempotency key already made, of this request or of another; null where it made none yet.</summary>
    public Task<Acceptance?> FindAsync(string tenant, string key, string requestSha256, CancellationToken cancellationToken) =>
        database.ReadAsync(read => HolderAsync(read, tenant, key, requestSha256), cancellationToken);

    private static async Task<Acceptance> StoreAsync(FarmTransaction transaction, NewBatch batch)
    {
        var id = Guid.CreateVersion7(transaction.Now);
        if (batch.IdempotencyKey is not null && await FormerAsync(transaction, batch, id).ConfigureAwait(false) is { } former)
            return former;

        await transaction.ExecuteAsync($"""
            insert into batches (id, tenant, state, created_at, total, queued, running, succeeded, failed, canceled, expired, trace_parent)
            values ({id}, {batch.Tenant}, {BatchState.Running}, {transaction.Now}, {batch.Jobs.Count}, {batch.Jobs.Count}, 0, 0, 0, 0, 0, {batch.TraceParent})
            """).ConfigureAwait(false);
        var lanes = batch.Jobs.Select(job => (job.Model, job.Priority)).Distinct().Select((lane, number) => (lane, number))
            .ToDictionary(lane => lane.lane, lane => lane.number);
        foreach (var (lane, number) in lanes)
            await transaction.ExecuteAsync($"""
                insert into lanes (batch_id, number, tenant, model, priority, created_at, open)
                values ({id}, {number}, {batch.Tenant}, {lane.Model}, {lane.Priority}, {transaction.Now}, {true})
                """).ConfigureAwait(false);
        await new JobRows(id, batch, lanes).WriteAsync(transaction).ConfigureAwait(false);
        await PictureStore.HoldAsync(transaction, id, batch.Tenant, batch.Jobs.SelectMany(job => job.Inputs.Values).Select(picture => picture.Id)).ConfigureAwait(false);
        await Outbox.AddAsync(transaction, new BatchAccepted { BatchId = id, Tenant = batch.Tenant, Key = batch.IdempotencyKey, Jobs = batch.Jobs.Count }).ConfigureAwait(false);
        transaction.Afterwards(() =>
        {
            foreach (var model in batch.Jobs.CountBy(job => job.Model))
                FarmMetrics.CountAccepted(model.Key, model.Value);
        });
        return new(AcceptanceKind.Created, id);
    }

    /// <summary>Takes the key for this batch; where another has it, says which. A concurrent taker is waited for by the insert.</summary>
    private static async Task<Acceptance?> FormerAsync(FarmTransaction transaction, NewBatch batch, Guid id)
    {
        while (true)
        {
            var taken = await transaction.ExecuteAsync($"""
                insert into idempotency_keys (tenant, key, request_sha256, batch_id, created_at)
                values ({batch.Tenant}, {batch.IdempotencyKey}, {batch.RequestSha256}, {id}, {transaction.Now}) on conflict do nothing
                """).ConfigureAwait(false);
            if (taken == 1)
                return null;
            // Its holder's time may run out between the two statements; then the key is free.
            if (await HolderAsync(transaction, batch.Tenant, batch.IdempotencyKey!, batch.RequestSha256).ConfigureAwait(false) is { } holder)
                return holder;
        }
    }

    private static async Task<Acceptance?> HolderAsync(FarmTransaction transaction, string tenant, string key, string requestSha256)
    {
        var holders = await transaction.QueryAsync(
            $"select batch_id, request_sha256 from idempotency_keys where tenant = {tenant} and key = {key}", row => (Id: row.Id(0), Sha256: row.GetString(1))).ConfigureAwait(false);
        return holders is [var holder] ? new(holder.Sha256 == requestSha256 ? AcceptanceKind.Repeated : AcceptanceKind.KeyReused, holder.Id) : null;
    }
}
