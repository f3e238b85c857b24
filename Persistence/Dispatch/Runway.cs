using RenderFarm.Contracts.Jobs;
using RenderFarm.Contracts.Messages;
using RenderFarm.Persistence.Sql;

namespace RenderFarm.Persistence.Dispatch;

/// <summary>
/// The short stretch of jobs per model for which a message is under way. The rest waits in the database, where it can still be
/// re-ordered and canceled.
/// </summary>
public sealed class Runway(FarmDatabase database)
{
    /// <summary>Marks jobs as dispatched until so many of the model's wait on the runway, and returns the messages to send for them.</summary>
    public Task<IReadOnlyList<RenderPrompt>> FillAsync(string model, int length, FairShare share, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(share);
        return database.WriteAsync<IReadOnlyList<RenderPrompt>>(async transaction =>
        {
            var (underWay, waiting) = await CountAsync(transaction, model).ConfigureAwait(false);
            var messages = new List<RenderPrompt>();
            if (waiting >= length)
                return messages;
            var lanes = await LanesAsync(transaction, model).ConfigureAwait(false);
            while (share.Next(lanes, underWay, length - waiting - messages.Count, transaction.Now) is { } next)
            {
                var drawn = await DrawAsync(transaction, model, next.Lane, next.Count).ConfigureAwait(false);
                messages.AddRange(drawn);
                underWay[next.Lane.Tenant] = underWay.GetValueOrDefault(next.Lane.Tenant) + drawn.Count;
                if (drawn.Count < next.Count)
                {
                    lanes.Remove(next.Lane);
                    await CloseIfEmptyAsync(transaction, next.Lane).ConfigureAwait(false);
                }
            }

            return messages;
        }, cancellationToken);
    }

    /// <summary>Takes back jobs whose message could not be sent.</summary>
    public Task<int> TakeBackAsync(IReadOnlyList<Guid> jobs, CancellationToken cancellationToken) =>
        database.WriteAsync(async transaction =>
        {
            var rows = await transaction.QueryAsync(
                $"update jobs set dispatched_at = null where id in {jobs} and state = {JobState.Queued} returning batch_id, lane",
                row => (row.Id(0), row.GetInt32(1))).ConfigureAwait(false);
            await Jobs.Requeue.OpenLanesAsync(transaction, rows).ConfigureAwait(false);
            return rows.Count;
        }, cancellationToken);

    private static async Task<(Dictionary<string, int> UnderWay, int Waiting)> CountAsync(FarmTransaction transaction, string model)
    {
        var rows = await transaction.QueryAsync(
            $"select tenant, state, count(*) from jobs where model = {model} and dispatched_at is not null group by tenant, state",
            row => (Tenant: row.GetString(0), State: row.Name<JobState>(1), Count: (int)row.GetInt64(2))).ConfigureAwait(false);
        return (rows.GroupBy(row => row.Tenant).ToDictionary(tenant => tenant.Key, tenant => tenant.Sum(row => row.Count)),
            rows.Where(row => row.State == JobState.Queued).Sum(row => row.Count));
    }

    private static Task<List<WaitingLane>> LanesAsync(FarmTransaction transaction, string model) =>
        transaction.QueryAsync($"""
            select l.batch_id, l.number, l.tenant, l.priority, l.created_at from lanes l join batches b on b.id = l.batch_id
            where l.model = {model} and l.open = {true} and b.state = 'running'
            """, row => new WaitingLane(row.Id(0), row.GetInt32(1), row.GetString(2), row.GetInt32(3), row.Time(4)));

    private static async Task<List<RenderPrompt>> DrawAsync(FarmTransaction transaction, string model, WaitingLane lane, int count)
    {
        var rows = await transaction.QueryAsync($"""
            update jobs set dispatched_at = {transaction.Now} where id in (
                select id from jobs where batch_id = {lane.BatchId} and lane = {lane.Number} and state = 'queued' and dispatched_at is null
                and (not_before is null or not_before <= {transaction.Now}) order by position limit {count} {transaction.SkipLocked})
            returning id, compatibility, position
            """, row => (Id: row.Id(0), Compatibility: row.GetString(1), Position: row.GetInt32(2))).ConfigureAwait(false);
        return [.. rows.OrderBy(row => row.Position)
            .Select(row => new RenderPrompt { JobId = row.Id, Model = model, Compatibility = row.Compatibility })];
    }

    private static Task<int> CloseIfEmptyAsync(FarmTransaction transaction, WaitingLane lane) =>
        transaction.ExecuteAsync($"""
            update lanes set open = {false} where batch_id = {lane.BatchId} and number = {lane.Number} and not exists (
                select 1 from jobs where batch_id = {lane.BatchId} and lane = {lane.Number} and state = 'queued' and dispatched_at is null)
            """);
}
