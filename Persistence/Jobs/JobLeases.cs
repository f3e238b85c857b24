using System.Data.Common;
using System.Text.Json;
using RenderFarm.Contracts.Batches;
using RenderFarm.Contracts.Jobs;
using RenderFarm.Contracts.Pictures;
using RenderFarm.Persistence.Batches;
using RenderFarm.Persistence.Dispatch;
using RenderFarm.Persistence.Sql;
using RenderFarm.Persistence.Telemetry;

namespace RenderFarm.Persistence.Jobs;

/// <summary>Gives jobs to workers for a time. Each claim raises the job's epoch, so that whoever had it before can write nothing more (I6).</summary>
public sealed class JobLeases(FarmDatabase database)
{
    private static readonly JobError Lost = new() { Kind = "lease_expired", Message = "The worker was lost while it had the job." };

    private static readonly Dictionary<string, InputPicture> NoInputs = [];

    /// <summary>
    /// Claims what is still to be had of the jobs that messages named; the rest is done, canceled, paused, held by another, or another model's.
    /// A job at its last attempt is not taken over: its worker may yet deliver, and if it does not, the sweep fails it.
    /// </summary>
    public Task<IReadOnlyList<ClaimedJob>> ClaimAsync(
        string worker, string model, IReadOnlyList<ClaimRequest> claims, TimeSpan lease, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(claims);
        return database.WriteAsync<IReadOnlyList<ClaimedJob>>(async transaction =>
        {
            var taker = new Taker(worker, model, transaction.Now + lease);
            var fresh = await TakeAsync(transaction, JobEvent.Claim, taker, [.. claims.Select(claim => claim.JobId)], int.MaxValue, null).ConfigureAwait(false);
            await Tally.MoveAsync(transaction, JobState.Queued, JobState.Running, fresh.Select(job => job.BatchId)).ConfigureAwait(false);
            transaction.Afterwards(() => fresh.Where(job => job.Epoch == 1).ToList().ForEach(job => FarmMetrics.RecordWait(job.Model, transaction.Now - job.CreatedAt)));
            var returned = claims.Where(claim => claim.TakeOver).Select(claim => claim.JobId).Except(fresh.Select(job => job.Id)).ToList();
            var taken = returned.Count == 0 ? []
                : await TakeAsync(transaction, JobEvent.TakeOver, taker, returned, database.Options.MaxAttempts, Lost).ConfigureAwait(false);
            if (fresh.Count + taken.Count < claims.Count)
                await DropHeldBackAsync(transaction, model, claims).ConfigureAwait(false);
            return [.. fresh, .. taken];
        }, cancellationToken);
    }

    /// <summary>Extends leases and says how far the work is. Returns the jobs that this worker still has; the others are canceled or fenced.</summary>
    public Task<IReadOnlyList<Guid>> RenewAsync(
        string worker, IReadOnlyList<HeldJob> held, TimeSpan lease, JobProgress? progress, CancellationToken cancellationToken) =>
        database.WriteAsync<IReadOnlyList<Guid>>(async transaction => await transaction.QueryAsync($"""
            update jobs set lease_until = {transaction.Now + lease}, stage = {progress?.Stage}, step = {progress?.Step}, steps = {progress?.Steps}
            where (id, epoch) in {Pairs(held)} and worker = {worker} and state in {JobStateMachine.From(JobEvent.Renew)} returning id
            """, row => row.Id(0)).ConfigureAwait(false), cancellationToken);

    /// <summary>Hands jobs back untried: the attempt is not counted, and they are dispatched again at once.</summary>
    public Task<int> ReleaseAsync(IReadOnlyList<HeldJob> held, CancellationToken cancellationToken) =>
        database.WriteAsync(async transaction =>
        {
            var rows = await transaction.QueryAsync($"""
                update jobs set state = {JobState.Queued}, attempts = attempts - 1, lease_until = null, dispatched_at = null, stage = null
                where (id, epoch) in {Pairs(held)} and state in {JobStateMachine.From(JobEvent.Release)} returning batch_id, lane
                """, row => (Batch: row.Id(0), Lane: row.GetInt32(1))).ConfigureAwait(false);
            await Requeue.OpenLanesAsync(transaction, rows).ConfigureAwait(false);
            await Tally.MoveAsync(transaction, JobState.Running, JobState.Queued, rows.Select(row => row.Batch)).ConfigureAwait(false);
            return rows.Count;
        }, cancellationToken);

    private static List<(Guid, int)> Pairs(IReadOnlyList<HeldJob> held) => [.. held.Select(job => (job.JobId, job.Epoch))];

    private static Task<List<ClaimedJob>> TakeAsync(
        FarmTransaction transaction, JobEvent @event, Taker taker, List<Guid> jobs, int attemptsBelow, JobError? error) =>
        transaction.QueryAsync($"""
            update jobs set state = {JobState.Running}, epoch = epoch + 1, attempts = attempts + 1, worker = {taker.Worker},
                lease_until = {taker.Until}, started_at = {transaction.Now}, stage = null, step = null, steps = null, not_before = null,
                dispatched_at = coalesce(dispatched_at, {transaction.Now}),
                error_kind = coalesce({error?.Kind}, error_kind), error_message = coalesce({error?.Message}, error_message)
            where id in (select id from jobs where id in {jobs} and model = {taker.Model} and state in {JobStateMachine.From(@event)}
                and attempts < {attemptsBelow} and (not_before is null or not_before <= {transaction.Now}) and not {Pauses.HoldsJob} {transaction.SkipLocked})
            returning id, epoch, attempts, batch_id, tenant, custom_id, model, prompt, negative_prompt, seed, settings, created_at, inputs
            """, Read);

    /// <summary>
    /// What was not to be had although it waits was held back by a pause, perhaps one that has ended since the claim looked: the message ends here,
    /// and the job is dispatched again as soon as it may be.
    /// </summary>
    private static async Task DropHeldBackAsync(FarmTransaction transaction, string model, IReadOnlyList<ClaimRequest> claims)
    {
        var rows = await transaction.QueryAsync($"""
            update jobs set dispatched_at = null where id in (select id from jobs where id in {claims.Select(claim => claim.JobId)} and model = {model}
                and state = {JobState.Queued} and dispatched_at is not null and (not_before is null or not_before <= {transaction.Now}) {transaction.SkipLocked})
            returning batch_id, lane
            """, row => (row.Id(0), row.GetInt32(1))).ConfigureAwait(false);
        await Requeue.OpenLanesAsync(transaction, rows).ConfigureAwait(false);
    }

    private static ClaimedJob Read(DbDataReader row) => new()
    {
        Id = row.Id(0),
        Epoch = row.GetInt32(1),
        Attempts = row.GetInt32(2),
        BatchId = row.Id(3),
        Tenant = row.GetString(4),
        CustomId = row.GetString(5),
        Model = row.GetString(6),
        CreatedAt = row.Time(11),
        Prompt = row.GetString(7),
        NegativePrompt = row.Text(8),
        Seed = row.GetInt64(9),
        Settings = JsonSerializer.Deserialize<Dictionary<string, StageSettings>>(row.GetString(10), FarmJson.Options)!,
        Inputs = row.Text(12) is { } inputs ? JsonSerializer.Deserialize<Dictionary<string, InputPicture>>(inputs, FarmJson.Options)! : NoInputs,
    };

    private readonly record struct Taker(string Worker, string Model, DateTimeOffset Until);
}
