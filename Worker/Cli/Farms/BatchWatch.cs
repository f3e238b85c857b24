using System.Runtime.CompilerServices;
using RenderFarm.Contracts.Batches;
using RenderFarm.Contracts.Jobs;

namespace RenderFarm.Cli.Farms;

/// <summary>Follows a batch by polling, through a restart of the farm.</summary>
internal sealed class BatchWatch(FarmClient client, TimeProvider time)
{
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(500);

    /// <summary>How long the farm may be away before that is an error.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(1);

    private readonly TimeLeft _left = new(time);
    private readonly Dictionary<string, double> _stageSeconds = [];

    /// <summary>The batch as it goes, until it is finished; the last view is of the finished batch.</summary>
    public async IAsyncEnumerable<BatchView> FollowAsync(Guid batch, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        using var timer = new PeriodicTimer(Interval, time);
        var seen = time.GetTimestamp();
        while (true)
        {
            BatchView? view = null;
            try
            {
                view = await LookAsync(batch, cancellationToken).ConfigureAwait(false);
                seen = time.GetTimestamp();
            }
            catch (FarmUnreachableException) when (time.GetElapsedTime(seen) < Patience)
            {
                // Restarting, perhaps: it forgets nothing, so neither do we.
            }
            if (view is not null) yield return view;
            if (view?.Batch.State == BatchState.Finished) yield break;
            await timer.WaitForNextTickAsync(cancellationToken).ConfigureAwait(false);
        }
    }

    private async Task<BatchView> LookAsync(Guid batch, CancellationToken cancellationToken)
    {
        var status = await client.BatchAsync(batch, cancellationToken).ConfigureAwait(false);
        var counts = status.Counts;
        if (_stageSeconds.Count == 0 && counts.Succeeded > 0 && await FindAsync(batch, JobState.Succeeded, cancellationToken).ConfigureAwait(false) is { } done)
            foreach (var timing in done.Timings) _stageSeconds[timing.Stage] = timing.Seconds;
        var running = counts.Running > 0 ? await FindAsync(batch, JobState.Running, cancellationToken).ConfigureAwait(false) : null;
        var ended = counts.Total - counts.Queued - counts.Running;
        var fraction = (ended + counts.Running * Fraction(running)) / counts.Total;
        return new BatchView(status, Group(running), _left.At(fraction));
    }

    private async Task<JobStatus?> FindAsync(Guid batch, JobState state, CancellationToken cancellationToken) =>
        await client.AnyJobAsync(batch, state, cancellationToken).ConfigureAwait(false) is { } job
            ? await client.JobAsync(job.Id, cancellationToken).ConfigureAwait(false)
            : null;

    private static GroupProgress? Group(JobStatus? job)
    {
        if (job?.Progress is not { } progress) return null;
        var stages = job.Settings.Keys.ToList();
        return new GroupProgress(progress.Stage, Math.Max(1, stages.IndexOf(progress.Stage) + 1), Math.Max(1, stages.Count), progress.Step, progress.Steps);
    }

    /// <summary>How much of its work a running job has behind it: by steps, and as soon as one job is done by the seconds its stages took.</summary>
    private double Fraction(JobStatus? job)
    {
        if (job?.Progress is not { } progress) return 0;
        var (before, all) = (0.0, 0.0);
        var reached = false;
        foreach (var (stage, settings) in job.Settings)
        {
            var weight = _stageSeconds.TryGetValue(stage, out var seconds) ? seconds : settings.Steps ?? 1;
            reached |= stage == progress.Stage;
            if (stage == progress.Stage) before += weight * progress.Step / Math.Max(1, progress.Steps);
            else if (!reached) before += weight;
            all += weight;
        }
        return all > 0 ? before / all : 0;
    }
}
