using System.Globalization;
using Microsoft.Extensions.Options;
using RenderFarm.Api.Dispatch;
using RenderFarm.Api.Models;
using RenderFarm.Contracts.Batches;
using RenderFarm.Contracts.Jobs;
using RenderFarm.Persistence.Dispatch;

namespace RenderFarm.Api.Jobs;

/// <summary>Says why a job waits, or where it is (I12).</summary>
internal sealed class JobExplainer(JobSituations situations, IOptions<DispatchOptions> dispatch, IOptions<ModelOptions> models)
{
    private readonly FairShare _share = new(dispatch.Value.Ageing);

    /// <summary>Null for an unknown job.</summary>
    public async Task<JobExplanation?> ExplainAsync(string tenant, Guid id, CancellationToken cancellationToken)
    {
        if (await situations.FindAsync(tenant, id, models.Value.ServedFor, cancellationToken).ConfigureAwait(false) is not { } job)
            return null;
        List<JobReason> reasons = job.State switch { JobState.Queued => Waiting(job), JobState.Running => [Running(job)], _ => [Finished(job)] };
        return new()
        {
            Id = job.Id,
            State = job.State,
            Summary = string.Join(' ', reasons.Select(reason => reason.Message)),
            Reasons = reasons,
            Worker = job.Worker,
            Workers = job.Workers,
        };
    }

    private List<JobReason> Waiting(JobSituation job)
    {
        var reasons = Obstacles(job).ToList();
        if (job.DispatchedAt is { } sent)
            reasons.Add(AtWorkerQueue(job, sent));
        else
            reasons.AddRange(Turns(job));
        if (reasons.Count == 0)
            reasons.Add(new() { Code = JobReasonCode.NextInLine, Message = $"Nothing holds it back: it is sent to the workers within {dispatch.Value.IdleInterval}." });
        return reasons;
    }

    /// <summary>What keeps the job from being begun, however short the queue.</summary>
    private IEnumerable<JobReason> Obstacles(JobSituation job)
    {
        if (job.BatchState == BatchState.Paused)
            yield return new() { Code = JobReasonCode.BatchPaused, Message = $"Its batch is paused; POST /v1/batches/{job.BatchId}/resume lets it go on." };
        if (job.IsModelPaused)
            yield return new() { Code = JobReasonCode.ModelPaused, Message = $"The operator paused model '{job.Model}'; POST /v1/models/{job.Model}/resume lets it go on." };
        if (job.NotBefore > job.At)
            yield return new()
            {
                Code = JobReasonCode.RetryBackoff, Until = job.NotBefore,
                Message = $"Its last attempt failed ({job.ErrorMessage}); it is tried again from {Text(job.NotBefore.Value)} on.",
            };
        if (job.Workers.Count == 0)
            yield return new() { Code = JobReasonCode.NoWorker, Message = $"No worker that renders model '{job.Model}' has reported within {models.Value.ServedFor}." };
    }

    /// <summary>Who comes before the job, and whether anybody can be sent at all.</summary>
    private IEnumerable<JobReason> Turns(JobSituation job)
    {
        if (job.Ahead > 0)
            yield return new()
            {
                Code = JobReasonCode.BehindJobs, Count = job.Ahead,
                Message = $"Jobs of its batch, model and priority that come before it: {(job.Ahead == JobSituations.MaxCounted ? "at least " : string.Empty)}{Number(job.Ahead)}.",
            };
        var tenants = _share.Order(job.Lanes, job.Shares, job.At);
        var tenantsAhead = tenants.TakeWhile(tenant => tenant.Name != job.Tenant).Count();
        if (tenantsAhead < tenants.Count)
        {
            var lanesAhead = tenants[tenantsAhead].Lanes.TakeWhile(lane => (lane.BatchId, lane.Number) != (job.BatchId, job.Lane)).Count();
            if (lanesAhead > 0)
                yield return new()
                {
                    Code = JobReasonCode.BehindBatches, Count = lanesAhead,
                    Message = $"Other batches or priorities of its tenant that come before it: {Number(lanesAhead)}.",
                };
            if (tenantsAhead > 0)
                yield return new()
                {
                    Code = JobReasonCode.BehindTenants, Count = tenantsAhead, Message = $"Other tenants whose turn comes before its own: {Number(tenantsAhead)}.",
                };
        }

        if (job.OnRunway >= dispatch.Value.Runway)
            yield return new()
            {
                Code = JobReasonCode.RunwayFull, Count = job.OnRunway,
                Message = $"Messages that wait for the workers of model '{job.Model}': {Number(job.OnRunway)}, as many as may at once.",
            };
    }

    private static JobReason AtWorkerQueue(JobSituation job, DateTimeOffset sent) => new()
    {
        Code = JobReasonCode.AtWorkerQueue, Count = job.SentBefore,
        Message = $"It was sent to the workers at {Text(sent)} and waits for one to take it; messages sent before it that wait, too: {Number(job.SentBefore)}.",
    };

    private static JobReason Running(JobSituation job)
    {
        var progress = job.Progress is { } step ? $"; it is at step {step.Step} of {step.Steps} of {step.Stage}" : string.Empty;
        return new() { Code = JobReasonCode.Running, Message = $"Worker '{job.Worker}' has had it since {Text(job.StartedAt!.Value)} (attempt {job.Attempts}){progress}." };
    }

    private static JobReason Finished(JobSituation job)
    {
        var error = job is { State: JobState.Failed, ErrorMessage: { } message } ? $": {message}" : ".";
        return new() { Code = JobReasonCode.Finished, Message = $"It {Verb(job.State)} at {Text(job.FinishedAt!.Value)}{error}" };
    }

    private static string Verb(JobState state) => state switch
    {
        JobState.Succeeded => "succeeded",
        JobState.Failed => "failed",
        JobState.Canceled => "was canceled",
        _ => "expired",
    };

    private static string Number(int count) => count.ToString("N0", CultureInfo.InvariantCulture);

    private static string Text(DateTimeOffset time) => time.ToString("yyyy-MM-dd HH:mm:ss'Z'", CultureInfo.InvariantCulture);
}
