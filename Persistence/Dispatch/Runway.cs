using System.Data.Common;
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
    /// <summary>
    /// Marks jobs as dispatched until so many of the model's wait on the runway, and returns the messages to send for them.
    /// <see cref="ConfirmAsync"/> says that they are with the broker, <see cref="TakeBackAsync"/> that they are not.
    /// </summary>
    public Task<Sending> FillAsync(string model, int length, FairShare share, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(share);
        return database.WriteAsync(async transaction =>
        {
            var (shares, waiting) = await CountAsync(transaction, model).ConfigureAwait(false);
            var messages = new List<RenderPrompt>();
            var sending = new Sending(Guid.CreateVersion7(transaction.Now), messages);
            if (waiting >= length)
                return sending;
            var lanes = await LanesAsync(transaction, model).ConfigureAwait(false);
            while (share.Next(lanes, shares, length - waiting - messages.Count, transaction.Now) is { } next)
            {
                var drawn = await DrawAsync(transaction, model, next.Lane, next.Count).ConfigureAwait(false);
                messages.AddRange(drawn);
                lanes.Remove(next.Lane);
                if (drawn.Count > 0)
                    shares[next.Lane.Tenant] = new((shares.GetValueOrDefault(next.Lane.Tenant)?.UnderWay ?? 0) + drawn.Count, transaction.Now);
                if (drawn.Count == next.Count)
                    lanes.Add(next.Lane with { ServedAt = transaction.Now });
                else
                    await CloseIfEmptyAsync(transaction, next.Lane).ConfigureAwait(false);
            }

            await TakeTurnsAsync(transaction, model, shares).ConfigureAwait(false);
            if (messages.Count > 0)
                await transaction.ExecuteAsync($"insert into open_sendings (id, model, at) values ({sending.Id}, {model}, {transaction.Now})").ConfigureAwait(false);
            return sending;
        }, cancellationToken);
    }

    /// <summary>Says that the broker has all messages of a sending.</summary>
    public Task<int> ConfirmAsync(Guid sending, CancellationToken cancellationToken) =>
        database.WriteAsync(transaction => transaction.ExecuteAsync($"delete from open_sendings where id = {sending}"), cancellationToken);

    /// <summary>
    /// Takes back the waiting jobs of sendings that were not confirmed for <paramref name="life"/>: whoever was about to send them is dead, or stands
    /// still. Should it go on after all, its jobs have two messages, and are claimed once. Returns how many jobs that were.
    /// </summary>
    public Task<int> TakeBackUnconfirmedAsync(TimeSpan life, CancellationToken cancellationToken) =>
        database.WriteAsync(async transaction =>
        {
            var sendings = await transaction.QueryAsync($"""
                delete from open_sendings where id in (select id from open_sendings where at < {transaction.Now - life} {transaction.SkipLocked}) returning model, at
                """, row => (Model: row.GetString(0), At: row.Time(1))).ConfigureAwait(false);
            var rows = new List<(Guid, int)>();
            foreach (var (model, at) in sendings)
                rows.AddRange(await transaction.QueryAsync($"""
                    update jobs set dispatched_at = null where model = {model} and state = 'queued' and dispatched_at is not null and dispatched_at = {at} returning batch_id, lane
                    """, Lane).ConfigureAwait(false));
            await Jobs.Requeue.OpenLanesAsync(transaction, rows).ConfigureAwait(false);
            return rows.Count;
        }, cancellationToken);

    /// <summary>Takes back jobs whose message could not be sent.</summary>
    public Task<int> TakeBackAsync(IReadOnlyList<Guid> jobs, CancellationToken cancellationToken) =>
        database.WriteAsync(async transaction =>
        {
            var rows = await transaction.QueryAsync($"update jobs set dispatched_at = null where id in {jobs} and state = {JobState.Queued} returning batch_id, lane", Lane)
                .ConfigureAwait(false);
            await Jobs.Requeue.OpenLanesAsync(transaction, rows).ConfigureAwait(false);
            return rows.Count;
        }, cancellationToken);

    /// <summary>What each tenant has under way of a model, and how many messages wait for its workers.</summary>
    internal static async Task<(Dictionary<string, TenantShare> Shares, int Waiting)> CountAsync(FarmTransaction transaction, string model)
    {
        var turns = (await transaction.QueryAsync($"select tenant, served_at from turns where model = {model}",
            row => (Tenant: row.GetString(0), At: row.Time(1))).ConfigureAwait(false)).ToDictionary(turn => turn.Tenant, turn => turn.At);
        var rows = await transaction.QueryAsync(
            $"select tenant, state, count(*) from jobs where model = {model} and dispatched_at is not null group by tenant, state",
            row => (Tenant: row.GetString(0), State: row.Name<JobState>(1), Count: (int)row.GetInt64(2))).ConfigureAwait(false);
        var shares = turns.ToDictionary(turn => turn.Key, turn => new TenantShare(0, turn.Value));
        foreach (var tenant in rows.GroupBy(row => row.Tenant))
            shares[tenant.Key] = new(tenant.Sum(row => row.Count), shares.GetValueOrDefault(tenant.Key)?.ServedAt);
        return (shares, rows.Where(row => row.State == JobState.Queued).Sum(row => row.Count));
    }

    /// <summary>A model's lanes from which may be drawn.</summary>
    internal static Task<List<WaitingLane>> LanesAsync(FarmTransaction transaction, string model) =>
        transaction.QueryAsync($"""
            select l.batch_id, l.number, l.tenant, l.priority, l.created_at, l.served_at, b.trace_parent from lanes l join batches b on b.id = l.batch_id
            where l.model = {model} and l.open = {true} and b.state = 'running'
                and not exists (select 1 from models where name = {model} and paused_at is not null)
            """, row => new WaitingLane(row.Id(0), row.GetInt32(1), row.GetString(2), row.GetInt32(3), row.Time(4), row.IsDBNull(5) ? null : row.Time(5), row.Text(6)));

    /// <summary>Remembers who was served now; in one order everywhere, so that two dispatchers wait for each other instead of deadlocking.</summary>
    private static async Task TakeTurnsAsync(FarmTransaction transaction, string model, Dictionary<string, TenantShare> shares)
    {
        foreach (var tenant in shares.Where(share => share.Value.ServedAt == transaction.Now).Select(share => share.Key).Order(StringComparer.Ordinal))
            await transaction.ExecuteAsync($"""
                insert into turns (model, tenant, served_at) values ({model}, {tenant}, {transaction.Now})
                on conflict (model, tenant) do update set served_at = excluded.served_at
                """).ConfigureAwait(false);
    }

    private static async Task<List<RenderPrompt>> DrawAsync(FarmTransaction transaction, string model, WaitingLane lane, int count)
    {
        var rows = await transaction.QueryAsync($"""
            update jobs set dispatched_at = {transaction.Now} where id in (
                select id from jobs where batch_id = {lane.BatchId} and lane = {lane.Number} and state = 'queued' and dispatched_at is null
                and (not_before is null or not_before <= {transaction.Now}) order by position limit {count} {transaction.SkipLocked})
            returning id, compatibility, position
            """, row => (Id: row.Id(0), Compatibility: row.GetString(1), Position: row.GetInt32(2))).ConfigureAwait(false);
        if (rows.Count > 0)
            await transaction.ExecuteAsync(
                $"update lanes set served_at = {transaction.Now} where batch_id = {lane.BatchId} and number = {lane.Number}").ConfigureAwait(false);
        return [.. rows.OrderBy(row => row.Position)
            .Select(row => new RenderPrompt { JobId = row.Id, Model = model, Compatibility = row.Compatibility, TraceParent = lane.TraceParent })];
    }

    private static (Guid Batch, int Number) Lane(DbDataReader row) => (row.Id(0), row.GetInt32(1));

    private static Task<int> CloseIfEmptyAsync(FarmTransaction transaction, WaitingLane lane) =>
        transaction.ExecuteAsync($"""
            update lanes set open = {false} where batch_id = {lane.BatchId} and number = {lane.Number} and not exists (
                select 1 from jobs where batch_id = {lane.BatchId} and lane = {lane.Number} and state = 'queued' and dispatched_at is null)
            """);
}
