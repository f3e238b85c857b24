using System.Diagnostics;
using Microsoft.Extensions.Options;
using RenderFarm.Contracts.Jobs;
using RenderFarm.Persistence;
using RenderFarm.Persistence.Jobs;
using RenderFarm.Persistence.Storage;
using RenderFarm.Worker.Devices;
using RenderFarm.Worker.Rendering;
using RenderFarm.Worker.Telemetry;

namespace RenderFarm.Worker.Delivery;

/// <summary>Ends a group: encodes and stores its pictures, commits, reports failures, hands back what was not done.</summary>
internal sealed partial class GroupDelivery(
    IObjectStore store, JobResults results, JobLeases leases, IOptions<WorkerOptions> options, TimeProvider time, ILogger<GroupDelivery> logger)
{
    private const string Png = "image/png";
    private readonly Retrying _retrying = new(options.Value.DeliveryTries, options.Value.DeliveryDelay, time);

    /// <summary>Stores and commits what was rendered. <paramref name="outcomes"/> are those of <paramref name="items"/>, in their order.</summary>
    public async Task DeliverAsync(HeldGroup group, IReadOnlyList<HeldItem> items, IReadOnlyList<RenderOutcome> outcomes)
    {
        var stored = await Task.WhenAll(items.Zip(outcomes, (item, outcome) => StoreAsync(item, outcome, group.Stop))).ConfigureAwait(false);
        await CommitAsync([.. items.Zip(stored).Where(pair => pair.Second is not null).Select(pair => (pair.First, pair.Second!))], group.Stop).ConfigureAwait(false);
    }

    /// <summary>Hands back jobs that were not finished; canceled ones are nobody's any more.</summary>
    public async Task HandBackAsync(HeldGroup group)
    {
        // What is finished of them helps the next attempt only if it is there before that begins.
        await Task.WhenAll(group.Items.Select(item => item.Keeping)).ConfigureAwait(false);
        var unfinished = group.Items.Where(item => !item.IsLost).Select(item => item.Lease).ToList();
        if (unfinished.Count == 0)
            return;
        await GuardAsync("hand back", unfinished.Count, () => leases.ReleaseAsync(unfinished, CancellationToken.None), group.Stop).ConfigureAwait(false);
        HandedBack(unfinished.Count);
    }

    /// <summary>Counts the attempt: a job that breaks devices must not break them for ever.</summary>
    public async Task DeviceFailedAsync(HeldGroup group, DeviceFailedException error)
    {
        foreach (var item in group.Items.Where(item => !item.IsLost))
        {
            using var scope = logger.BeginScope(item.LogScope);
            await FailAsync(item, error, group.Stop).ConfigureAwait(false);
        }
    }

    private async Task<JobResult?> StoreAsync(HeldItem item, RenderOutcome outcome, CancellationToken stopping)
    {
        if (item.IsLost)
            return null;
        using var scope = logger.BeginScope(item.LogScope);
        if (outcome.Error is { } error)
        {
            await FailAsync(item, error, stopping).ConfigureAwait(false);
            return null;
        }

        using var activity = JobActivities.Begin("store", item);
        var outputs = new List<Output>();
        try
        {
            foreach (var picture in outcome.Pictures)
                outputs.Add(await StoreAsync(item.Job, outputs.Count, picture).ConfigureAwait(false));
        }
        catch (Exception e)
        {
            activity?.SetStatus(ActivityStatusCode.Error, e.Message);
            await DeleteAsync(outputs).ConfigureAwait(false);
            await FailAsync(item, e, stopping).ConfigureAwait(false);
            return null;
        }

        return new()
        {
            Job = item.Lease,
            Outputs = outputs,
            Report = new() { Timings = outcome.Timings, UnknownWords = outcome.UnknownWords, Provenance = outcome.Provenance },
        };
    }

    private async Task<Output> StoreAsync(ClaimedJob job, int number, PictureSource picture)
    {
        var png = await Task.Run(picture.EncodePng).ConfigureAwait(false);
        var key = ObjectKey.Picture(job.Tenant, job.BatchId, job.Id, job.Epoch, number);
        var stored = await _retrying.RunAsync(() => store.PutAsync(key, png, Png, CancellationToken.None)).ConfigureAwait(false);
        return new()
        {
            JobId = job.Id, Number = number, Key = key, ContentType = Png, Width = picture.Width, Height = picture.Height, Size = stored.Size, Sha256 = stored.Sha256,
        };
    }

    private async Task CommitAsync(IReadOnlyList<(HeldItem Item, JobResult Result)> done, CancellationToken stopping)
    {
        if (done.Count == 0)
            return;
        IReadOnlyList<CommitOutcome> outcomes;
        var since = time.GetUtcNow();
        try
        {
            // Tried again even if the first commit went through and only its answer was lost: the same epoch is answered the same.
            outcomes = await _retrying.RunAsync(() => results.CommitAsync([.. done.Select(pair => pair.Result)], CancellationToken.None), stopping).ConfigureAwait(false);
        }
        catch (Exception e)
        {
            // Whether it was committed is unknown: the pictures stay, and the sweep gives the jobs out again if it was not.
            Failed("commit", done.Count, e);
            return;
        }

        JobActivities.Tell("commit", done.Select(pair => pair.Item), since);
        foreach (var ((item, result), outcome) in done.Zip(outcomes))
            if (outcome == CommitOutcome.Fenced)
            {
                using var scope = logger.BeginScope(item.LogScope);
                Fenced(result.Job.JobId, result.Job.Epoch);
                await DeleteAsync(result.Outputs).ConfigureAwait(false);
            }
    }

    private async Task FailAsync(HeldItem item, Exception error, CancellationToken stopping)
    {
        if (Outage.Is(error))
        {
            // The job is as good as before: the attempt does not count, however often the store is away.
            Postponed(item.Job.Id, error);
            await GuardAsync("postpone", 1, () => results.PostponeAsync(
                item.Lease, new JobError { Kind = "transient", Message = error.Message }, CancellationToken.None), stopping).ConfigureAwait(false);
            return;
        }

        AttemptFailed(item.Job.Id, item.Job.Attempts, error);
        var kind = error switch { PermanentRenderException => "permanent", DeviceMemoryException or DeviceFailedException => "device", _ => "transient" };
        await GuardAsync("report as failed", 1, () => results.ReportFailureAsync(
            item.Lease, new JobError { Kind = kind, Message = error.Message }, retry: kind != "permanent", CancellationToken.None), stopping).ConfigureAwait(false);
    }

    private async Task DeleteAsync(IReadOnlyList<Output> outputs)
    {
        foreach (var output in outputs)
            await GuardAsync("delete", 1, async () =>
            {
                await store.DeleteAsync(output.Key, CancellationToken.None).ConfigureAwait(false);
                return true;
            }, new CancellationToken(canceled: true)).ConfigureAwait(false);
    }

    /// <summary>What fails here too is left to the sweep.</summary>
    private async Task<T?> GuardAsync<T>(string verb, int count, Func<Task<T>> work, CancellationToken stopping)
    {
        try
        {
            return await _retrying.RunAsync(work, stopping).ConfigureAwait(false);
        }
        catch (Exception e)
        {
            Failed(verb, count, e);
            return default;
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "Job {JobId}: attempt {Attempt} failed")]
    private partial void AttemptFailed(Guid jobId, int attempt, Exception exception);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Job {JobId}: store or database is away; the job goes back to the queue, its attempt uncounted")]
    private partial void Postponed(Guid jobId, Exception exception);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Job {JobId}: epoch {Epoch} was fenced; its pictures are deleted")]
    private partial void Fenced(Guid jobId, int epoch);

    [LoggerMessage(Level = LogLevel.Information, Message = "{Count} unfinished jobs handed back")]
    private partial void HandedBack(int count);

    [LoggerMessage(Level = LogLevel.Error, Message = "Could not {Verb} {Count} jobs or pictures")]
    private partial void Failed(string verb, int count, Exception exception);
}
