using RenderFarm.Contracts.Jobs;
using RenderFarm.Contracts.Messages;
using RenderFarm.Persistence.Batches;
using RenderFarm.Persistence.Events;
using RenderFarm.Persistence.Sql;
using RenderFarm.Persistence.Telemetry;

namespace RenderFarm.Persistence.Jobs;

/// <summary>What leases, failures and the sweep have in common: a job goes back to the queue, or has had its last attempt.</summary>
internal static class Requeue
{
    /// <summary>Lets dispatch look into these lanes again.</summary>
    public static async Task OpenLanesAsync(FarmTransaction transaction, IEnumerable<(Guid Batch, int Lane)> lanes)
    {
        foreach (var (batch, lane) in lanes.Distinct().Order())
            await transaction.ExecuteAsync($"update lanes set open = {true} where batch_id = {batch} and number = {lane}").ConfigureAwait(false);
    }

    /// <summary>Tells the batches and the world of jobs that were marked failed.</summary>
    public static async Task TellFailedAsync(FarmTransaction transaction, IReadOnlyList<FailedJob> jobs, JobState from = JobState.Running)
    {
        transaction.Afterwards(() =>
        {
            foreach (var job in jobs)
                FarmMetrics.CountFinished(job.Model, JobState.Failed);
        });
        await Outbox.AddAllAsync(transaction, [.. jobs.Select(job => new JobFailed
        {
            JobId = job.Id, BatchId = job.BatchId, CustomId = job.CustomId, Kind = job.Error.Kind, Message = job.Error.Message,
        })]).ConfigureAwait(false);
        await Tally.MoveAsync(transaction, from, JobState.Failed, jobs.Select(job => job.BatchId)).ConfigureAwait(false);
    }
}
