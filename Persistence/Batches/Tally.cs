using RenderFarm.Contracts.Batches;
using RenderFarm.Contracts.Jobs;
using RenderFarm.Contracts.Messages;
using RenderFarm.Persistence.Events;
using RenderFarm.Persistence.Jobs;
using RenderFarm.Persistence.Sql;

namespace RenderFarm.Persistence.Batches;

/// <summary>Moves batches' counters along with their jobs, and closes batches whose last job is done (I5).</summary>
internal static class Tally
{
    /// <summary>One element of <paramref name="batches"/> per job that went from one state to another.</summary>
    public static async Task MoveAsync(FarmTransaction transaction, JobState from, JobState to, IEnumerable<Guid> batches)
    {
        // In one order everywhere, so that two transactions that touch the same batches wait instead of deadlocking.
        foreach (var group in batches.CountBy(batch => batch).OrderBy(group => group.Key))
        {
            var (source, target) = (new Raw(LowerCase.Text(from)), new Raw(LowerCase.Text(to)));
            await transaction.ExecuteAsync($"""
                update batches set {source} = {source} - {group.Value}, {target} = {target} + {group.Value} where id = {group.Key}
                """).ConfigureAwait(false);
            if (JobStateMachine.IsTerminal(to))
                await CloseAsync(transaction, group.Key).ConfigureAwait(false);
        }
    }

    private static async Task CloseAsync(FarmTransaction transaction, Guid batch)
    {
        var closed = await transaction.QueryAsync($"""
            update batches set state = {BatchState.Finished}, finished_at = {transaction.Now}
            where id = {batch} and queued + running = 0 and state in {BatchStateMachine.From(BatchEvent.Finish)}
            returning tenant, total, succeeded, failed, canceled, expired
            """, row => new BatchFinished
        {
            BatchId = batch,
            Tenant = row.GetString(0),
            Counts = new()
            {
                Total = row.GetInt32(1),
                Queued = 0,
                Running = 0,
                Succeeded = row.GetInt32(2),
                Failed = row.GetInt32(3),
                Canceled = row.GetInt32(4),
                Expired = row.GetInt32(5),
            },
        }).ConfigureAwait(false);
        foreach (var finished in closed)
            await Outbox.AddAsync(transaction, finished).ConfigureAwait(false);
    }
}
