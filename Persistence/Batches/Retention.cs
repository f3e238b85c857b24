using RenderFarm.Persistence.Pictures;
using RenderFarm.Persistence.Sql;
using RenderFarm.Persistence.Storage;

namespace RenderFarm.Persistence.Batches;

/// <summary>
/// Forgets batches that finished long ago. Pictures go before the rows that tell of them, so that whatever stops the deletion, the next one
/// finds what is left.
/// </summary>
public sealed class Retention(FarmDatabase database, IObjectStore store)
{
    private const int JobsAtOnce = 1000;

    /// <summary>Deletes batches that finished longer ago than this, the oldest first, at most so many. Returns how many that were.</summary>
    public async Task<int> DeleteAsync(TimeSpan finishedFor, int atMost, CancellationToken cancellationToken)
    {
        var batches = await database.ReadAsync(read => read.QueryAsync($"""
            select id, tenant, total from batches where state = 'finished' and finished_at < {read.Now - finishedFor} order by finished_at limit {atMost}
            """, row => (Id: row.Id(0), Tenant: row.GetString(1), Total: row.GetInt32(2))), cancellationToken).ConfigureAwait(false);
        foreach (var (id, tenant, total) in batches)
        {
            // Listed to the end first: a folder that is emptied while it is read may hide some of its files.
            foreach (var (key, _) in await store.ListAsync(ObjectKey.Batch(tenant, id), cancellationToken).ToListAsync(cancellationToken).ConfigureAwait(false))
                await store.DeleteAsync(key, cancellationToken).ConfigureAwait(false);
            for (var end = JobsAtOnce; end < total + JobsAtOnce; end += JobsAtOnce)
                await DeleteJobsAsync(id, end, cancellationToken).ConfigureAwait(false);
            await DeleteBatchAsync(id, cancellationToken).ConfigureAwait(false);
        }

        return batches.Count;
    }

    private Task<int> DeleteJobsAsync(Guid batch, int end, CancellationToken cancellationToken) => database.WriteAsync(async transaction =>
    {
        await transaction.ExecuteAsync($"delete from outputs where job_id in (select id from jobs where batch_id = {batch} and position < {end})").ConfigureAwait(false);
        return await transaction.ExecuteAsync($"delete from jobs where batch_id = {batch} and position < {end}").ConfigureAwait(false);
    }, cancellationToken);

    private Task<int> DeleteBatchAsync(Guid batch, CancellationToken cancellationToken) => database.WriteAsync(async transaction =>
    {
        // With its key: who sends the same again after so long a time wants a new batch.
        await transaction.ExecuteAsync($"delete from idempotency_keys where batch_id = {batch}").ConfigureAwait(false);
        await PictureStore.LetGoAsync(transaction, batch).ConfigureAwait(false);
        await transaction.ExecuteAsync($"delete from lanes where batch_id = {batch}").ConfigureAwait(false);
        return await transaction.ExecuteAsync($"delete from batches where id = {batch}").ConfigureAwait(false);
    }, cancellationToken);
}
