using Microsoft.EntityFrameworkCore;
using RenderFarm.Persistence.Pictures;
using RenderFarm.Persistence.Sql;

namespace RenderFarm.Persistence.Schedules;

/// <summary>The schedules of all tenants. Every question but that for what is due names the tenant.</summary>
public sealed class ScheduleStore(FarmDatabase database)
{
    /// <summary>Keeps a schedule.</summary>
    public Task<Guid> AddAsync(NewSchedule schedule, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(schedule);
        return database.WriteAsync(async transaction =>
        {
            var id = Guid.CreateVersion7(transaction.Now);
            await transaction.ExecuteAsync($"""
                insert into schedules (id, tenant, name, cron, time_zone, batch, created_at, next_at)
                values ({id}, {schedule.Tenant}, {schedule.Name}, {schedule.Cron}, {schedule.TimeZone}, {schedule.Batch}, {transaction.Now}, {schedule.NextAt})
                """).ConfigureAwait(false);
            await PictureStore.HoldAsync(transaction, id, schedule.Tenant, schedule.Pictures).ConfigureAwait(false);
            return id;
        }, cancellationToken);
    }

    public async Task<Schedule?> FindAsync(string tenant, Guid id, CancellationToken cancellationToken)
    {
        using var context = database.Open();
        return await context.Schedules.FirstOrDefaultAsync(schedule => schedule.Id == id && schedule.Tenant == tenant, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>The newest first, those older than <paramref name="after"/>.</summary>
    public async Task<IReadOnlyList<Schedule>> ListAsync(string tenant, Guid? after, int count, CancellationToken cancellationToken)
    {
        using var context = database.Open();
        var from = after ?? Guid.AllBitsSet;
        return await context.Schedules.FromSql($"select * from schedules where tenant = {tenant} and id < {from} order by id desc limit {count}")
            .ToListAsync(cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Forgets a schedule; what it has submitted stays. Returns whether there was one.</summary>
    public Task<bool> DeleteAsync(string tenant, Guid id, CancellationToken cancellationToken) => database.WriteAsync(async transaction =>
        await ForgetAsync(transaction, await transaction.QueryAsync($"delete from schedules where id = {id} and tenant = {tenant} returning id", row => row.Id(0)).ConfigureAwait(false))
            .ConfigureAwait(false) == 1, cancellationToken);

    /// <summary>Forgets schedules that will never be due again and were for the last time longer ago than this.</summary>
    public Task<int> ForgetAsync(TimeSpan doneFor, CancellationToken cancellationToken) => database.WriteAsync(async transaction =>
        await ForgetAsync(transaction, await transaction.QueryAsync(
            $"delete from schedules where next_at is null and last_at < {transaction.Now - doneFor} returning id", row => row.Id(0)).ConfigureAwait(false)).ConfigureAwait(false), cancellationToken);

    /// <summary>What is due, that which waits longest first, at most so many.</summary>
    public async Task<IReadOnlyList<Schedule>> DueAsync(int count, CancellationToken cancellationToken)
    {
        using var context = database.Open();
        var now = database.Time.GetUtcNow();
        return await context.Schedules.Where(schedule => schedule.NextAt <= now).OrderBy(schedule => schedule.NextAt).Take(count)
            .ToListAsync(cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Notes what became of a schedule that was due. Returns false where another process noted it before, or the schedule is gone.</summary>
    public async Task<bool> AdvanceAsync(Schedule due, ScheduleOutcome outcome, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(due);
        ArgumentNullException.ThrowIfNull(outcome);
        return await database.WriteAsync(transaction => transaction.ExecuteAsync($"""
            update schedules set next_at = {outcome.NextAt}, last_at = {due.NextAt}, last_batch_id = {outcome.BatchId}, last_error = {outcome.Error}
            where id = {due.Id} and next_at = {due.NextAt}
            """), cancellationToken).ConfigureAwait(false) == 1;
    }

    /// <summary>Lets go of what deleted schedules held. Returns how many they were.</summary>
    private static async Task<int> ForgetAsync(FarmTransaction transaction, List<Guid> schedules)
    {
        foreach (var schedule in schedules)
            await PictureStore.LetGoAsync(transaction, schedule).ConfigureAwait(false);
        return schedules.Count;
    }
}
