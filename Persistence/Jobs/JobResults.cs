using System.Text.Json;
using RenderFarm.Contracts.Jobs;
using RenderFarm.Contracts.Messages;
using RenderFarm.Persistence.Batches;
using RenderFarm.Persistence.Events;
using RenderFarm.Persistence.Sql;
using RenderFarm.Persistence.Telemetry;

namespace RenderFarm.Persistence.Jobs;

/// <summary>Ends attempts. Every write compares epoch and state, so that a worker that lost its lease changes nothing (I3, I6, I8).</summary>
public sealed class JobResults(FarmDatabase database)
{
    /// <summary>Commits results with their counters and events in one transaction. Outcomes are in the order of the results.</summary>
    public Task<IReadOnlyList<CommitOutcome>> CommitAsync(IReadOnlyList<JobResult> results, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(results);
        return results.Count == 0 ? Task.FromResult<IReadOnlyList<CommitOutcome>>([]) : database.WriteAsync<IReadOnlyList<CommitOutcome>>(async transaction =>
        {
            var committed = await SucceedAsync(transaction, results).ConfigureAwait(false);
            await KeepAsync(transaction, [.. results.Where(result => committed.ContainsKey(result.Job)).DistinctBy(result => result.Job)], committed).ConfigureAwait(false);
            await Tally.MoveAsync(transaction, JobState.Running, JobState.Succeeded, committed.Values.Select(job => job.Batch)).ConfigureAwait(false);
            var repeated = await RepeatedAsync(transaction, [.. results.Select(result => result.Job).Where(job => !committed.ContainsKey(job))]).ConfigureAwait(false);
            return [.. results.Select(result => committed.ContainsKey(result.Job) || repeated.Contains(result.Job) ? CommitOutcome.Committed : CommitOutcome.Fenced)];
        }, cancellationToken);
    }

    /// <summary>
    /// Ends an attempt without a result. A permanent error fails the job; any other sends it back to the queue after a growing wait, until
    /// its attempts are used up. Returns the state that the job is in now; null if it was no longer this worker's.
    /// </summary>
    public Task<JobState?> ReportFailureAsync(HeldJob job, JobError error, bool retry, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(error);
        return database.WriteAsync<JobState?>(async transaction =>
        {
            var held = await transaction.QueryAsync(
                $"select attempts from jobs where id = {job.JobId} and epoch = {job.Epoch} and state in {JobStateMachine.From(JobEvent.Fail)}",
                row => row.GetInt32(0)).ConfigureAwait(false);
            if (held.Count == 0)
                return null;
            return retry && held[0] < database.Options.MaxAttempts
                ? await RequeueAsync(transaction, job, error, uncounted: 0, held[0]).ConfigureAwait(false)
                : await FailAsync(transaction, job, error).ConfigureAwait(false);
        }, cancellationToken);
    }

    /// <summary>
    /// Ends an attempt that failed because store or database was away: it is not counted, and the job goes back to the queue after a wait that
    /// grows each time. Returns the state that the job is in now; null if it was no longer this worker's.
    /// </summary>
    public Task<JobState?> PostponeAsync(HeldJob job, JobError error, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(error);
        return database.WriteAsync<JobState?>(async transaction =>
        {
            var held = await transaction.QueryAsync(
                $"select postponed from jobs where id = {job.JobId} and epoch = {job.Epoch} and state in {JobStateMachine.From(JobEvent.Release)}",
                row => row.GetInt32(0)).ConfigureAwait(false);
            return held.Count == 0 ? null : await RequeueAsync(transaction, job, error, uncounted: 1, held[0] + 1).ConfigureAwait(false);
        }, cancellationToken);
    }

    /// <summary>Which of these jobs are in a state that they never leave.</summary>
    public Task<IReadOnlyList<Guid>> FinishedAsync(IReadOnlyList<Guid> jobs, CancellationToken cancellationToken) =>
        database.ReadAsync<IReadOnlyList<Guid>>(async read => await read.QueryAsync(
            $"select id from jobs where id in {jobs} and state in {JobStateMachine.Terminal}", row => row.Id(0)).ConfigureAwait(false), cancellationToken);

    /// <summary>Those of the jobs that are still these attempts', in one statement, and what is told of them.</summary>
    private static async Task<Dictionary<HeldJob, (Guid Batch, string CustomId, string Model)>> SucceedAsync(FarmTransaction transaction, IReadOnlyList<JobResult> results)
    {
        var done = results.Select(result => (result.Job.JobId, result.Job.Epoch, JsonSerializer.Serialize(result.Report, FarmJson.Options)));
        var rows = await transaction.QueryAsync($"""
            with done (id, epoch, report) as {done}
            update jobs set state = {JobState.Succeeded}, finished_at = {transaction.Now}, lease_until = null, dispatched_at = null, report = done.report
            from done where jobs.id = done.id and jobs.epoch = done.epoch and state in {JobStateMachine.From(JobEvent.Commit)}
            returning jobs.id, jobs.epoch, batch_id, custom_id, model
            """, row => (Job: new HeldJob(row.Id(0), row.GetInt32(1)), Of: (Batch: row.Id(2), CustomId: row.GetString(3), Model: row.GetString(4)))).ConfigureAwait(false);
        return rows.ToDictionary(row => row.Job, row => row.Of);
    }

    /// <summary>Writes the outputs of committed results, and the news of them.</summary>
    private static async Task KeepAsync(
        FarmTransaction transaction, IReadOnlyList<JobResult> results, Dictionary<HeldJob, (Guid Batch, string CustomId, string Model)> committed)
    {
        var outputs = results.SelectMany(result => result.Outputs.Select(output =>
            (result.Job.JobId, output.Number, output.Key, output.ContentType, output.Width, output.Height, output.Size, output.Sha256))).ToList();
        if (outputs.Count > 0)
            await transaction.ExecuteAsync($"""
                with made as {outputs} insert into outputs (job_id, number, key, content_type, width, height, size, sha256) select * from made
                """).ConfigureAwait(false);
        await Outbox.AddAllAsync(transaction, [.. results.Select(result => (Result: result, Of: committed[result.Job])).Select(pair => new JobSucceeded
        {
            JobId = pair.Result.Job.JobId, BatchId = pair.Of.Batch, CustomId = pair.Of.CustomId, Keys = [.. pair.Result.Outputs.Select(output => output.Key)],
        })]).ConfigureAwait(false);
        transaction.Afterwards(() =>
        {
            foreach (var job in committed.Values)
                FarmMetrics.CountFinished(job.Model, JobState.Succeeded);
        });
    }

    /// <summary>
    /// Which of the attempts committed before. The answer to that may have been lost on its way: the same epoch committing again is told that it has; the others are fenced.
    /// </summary>
    private static async Task<HashSet<HeldJob>> RepeatedAsync(FarmTransaction transaction, IReadOnlyList<HeldJob> jobs)
    {
        if (jobs.Count == 0)
            return [];
        var same = await transaction.QueryAsync(
            $"select id, epoch from jobs where (id, epoch) in {jobs.Select(job => (job.JobId, job.Epoch))} and state = {JobState.Succeeded}",
            row => new HeldJob(row.Id(0), row.GetInt32(1))).ConfigureAwait(false);
        transaction.Afterwards(() =>
        {
            for (var fenced = jobs.Count - same.Count; fenced > 0; fenced--)
                FarmMetrics.CountFenced();
        });
        return [.. same];
    }

    /// <param name="transaction">The transaction.</param>
    /// <param name="job">The attempt that ends.</param>
    /// <param name="error">Why.</param>
    /// <param name="uncounted">1 where the attempt is not counted, else 0.</param>
    /// <param name="failures">Which failure of its kind this is, from 1: each lets the job wait longer.</param>
    private async Task<JobState?> RequeueAsync(FarmTransaction transaction, HeldJob job, JobError error, int uncounted, int failures)
    {
        var rows = await transaction.QueryAsync($"""
            update jobs set state = {JobState.Queued}, not_before = {transaction.Now + database.Options.DelayAfter(failures)}, lease_until = null,
                dispatched_at = null, stage = null, attempts = attempts - {uncounted}, postponed = postponed + {uncounted},
                error_kind = {error.Kind}, error_message = {error.Message}
            where id = {job.JobId} and epoch = {job.Epoch} and state in {JobStateMachine.From(JobEvent.Retry)} returning batch_id, lane, model
            """, row => (Batch: row.Id(0), Lane: row.GetInt32(1), Model: row.GetString(2))).ConfigureAwait(false);
        transaction.Afterwards(() => rows.ForEach(row => FarmMetrics.CountRetried(row.Model, error.Kind)));
        await Requeue.OpenLanesAsync(transaction, rows.Select(row => (row.Batch, row.Lane))).ConfigureAwait(false);
        await Tally.MoveAsync(transaction, JobState.Running, JobState.Queued, rows.Select(row => row.Batch)).ConfigureAwait(false);
        return rows.Count == 0 ? null : JobState.Queued;
    }

    private static async Task<JobState?> FailAsync(FarmTransaction transaction, HeldJob job, JobError error)
    {
        var rows = await transaction.QueryAsync($"""
            update jobs set state = {JobState.Failed}, finished_at = {transaction.Now}, lease_until = null, dispatched_at = null, stage = null,
                error_kind = {error.Kind}, error_message = {error.Message}
            where id = {job.JobId} and epoch = {job.Epoch} and state in {JobStateMachine.From(JobEvent.Fail)} returning id, batch_id, custom_id, model
            """, row => new FailedJob(row.Id(0), row.Id(1), row.GetString(2), row.GetString(3), error)).ConfigureAwait(false);
        await Requeue.TellFailedAsync(transaction, rows).ConfigureAwait(false);
        return rows.Count == 0 ? null : JobState.Failed;
    }
}
