using System.Runtime.CompilerServices;
using RenderFarm.Contracts.Batches;
using RenderFarm.Contracts.Jobs;

namespace RenderFarm.Cli.Farms;

/// <summary>Follows a batch by polling, through a restart of the farm, which the client waits for.</summary>
internal sealed class BatchWatch(FarmClient client, TimeProvider time)
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);

    private static readonly TimeSpan FaultInterval = TimeSpan.FromSeconds(5);

    /// <summary>Running jobs that are looked at for how far they are.</summary>
    private const int SampleSize = 16;

    private readonly TimeLeft _left = new(time);
    private readonly StageWeights _weights = new();
    private bool _isGuessed;
    private long? _askedForFault;
    private string? _fault;

    /// <summary>The batch as it goes, until it is finished; the last view is of the finished batch.</summary>
    public async IAsyncEnumerable<BatchView> FollowAsync(Guid batch, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        using var timer = new PeriodicTimer(Interval, time);
        while (true)
        {
            var view = await LookAsync(batch, cancellationToken).ConfigureAwait(false);
            yield return view;
            if (view.Batch.State == BatchState.Finished) yield break;
            await timer.WaitForNextTickAsync(cancellationToken).ConfigureAwait(false);
        }
    }

    private async Task<BatchView> LookAsync(Guid batch, CancellationToken cancellationToken)
    {
        var status = await client.BatchAsync(batch, cancellationToken).ConfigureAwait(false);
        var counts = status.Counts;
        var running = counts.Running > 0 ? await client.SampleAsync(batch, JobState.Running, SampleSize, cancellationToken).ConfigureAwait(false) : [];
        await WeighAsync(batch, counts, running, cancellationToken).ConfigureAwait(false);
        var begun = running.Count > 0 ? running.Average(_weights.Fraction) : 0;
        var ended = counts.Total - counts.Queued - counts.Running;
        return new BatchView(status, running.Select(Group).FirstOrDefault(group => group is not null), _left.At((ended + counts.Running * begun) / counts.Total))
        {
            Fault = ended < counts.Total ? await FaultAsync(cancellationToken).ConfigureAwait(false) : null,
        };
    }

    private async Task<string?> FaultAsync(CancellationToken cancellationToken)
    {
        if (_askedForFault is { } asked && time.GetElapsedTime(asked) < FaultInterval) return _fault;
        _fault = await client.FaultAsync(cancellationToken).ConfigureAwait(false);
        _askedForFault = time.GetTimestamp();
        return _fault;
    }

    private async Task WeighAsync(Guid batch, BatchCounts counts, IReadOnlyList<JobStatus> running, CancellationToken cancellationToken)
    {
        if (!_isGuessed && running.Count > 0)
        {
            _isGuessed = true;
            var models = await client.ModelsAsync(cancellationToken).ConfigureAwait(false);
            _weights.Guess(models.Items.Where(model => model.Name == running[0].Model).SelectMany(model => model.Stages));
        }
        if (!_weights.AreMeasured && counts.Succeeded > 0)
            foreach (var done in await client.SampleAsync(batch, JobState.Succeeded, 1, cancellationToken).ConfigureAwait(false)) _weights.Measure(done.Timings);
    }

    private static GroupProgress? Group(JobStatus job)
    {
        if (job.Progress is not { } progress) return null;
        var stages = job.Settings.Keys.ToList();
        return new GroupProgress(progress.Stage, Math.Max(1, stages.IndexOf(progress.Stage) + 1), Math.Max(1, stages.Count), progress.Step, progress.Steps);
    }
}
