using RenderFarm.Persistence.Jobs;
using RenderFarm.Worker.Previews;
using RenderFarm.Worker.Rendering;

namespace RenderFarm.Worker.Devices;

/// <summary>A job that this worker has claimed.</summary>
internal sealed class HeldItem(ClaimedJob job, QueuedPrompt prompt) : IDisposable
{
    private readonly CancellationTokenSource _lost = new();
    private int _stages;
    private volatile Task _keeping = Task.CompletedTask;

    public ClaimedJob Job => job;
    public QueuedPrompt Prompt => prompt;
    public HeldJob Lease => new(job.Id, job.Epoch);

    /// <summary>What every log entry about the job carries.</summary>
    public IReadOnlyDictionary<string, object> LogScope => new Dictionary<string, object> { ["BatchId"] = job.BatchId, ["JobId"] = job.Id, ["Attempt"] = job.Attempts };

    /// <summary>Whether somebody had the job before, and may have left stages of it.</summary>
    public bool HasHistory => job.Epoch > 1;

    /// <summary>Where an earlier attempt got to.</summary>
    public RenderCheckpoint? ResumeFrom { get; set; }

    /// <summary>Files of the pictures that it names, by role.</summary>
    public IReadOnlyDictionary<string, ReadOnlyMemory<byte>> Inputs { get; set; } = new Dictionary<string, ReadOnlyMemory<byte>>();

    /// <summary>Why it cannot be rendered, found out before; null where nothing is known against it.</summary>
    public Exception? Fault { get; set; }

    /// <summary>Ends, and never fails, when the stages finished so far are kept.</summary>
    public Task Keeping
    {
        get => _keeping;
        set => _keeping = value;
    }

    /// <summary>What can be seen of it while it is drawn.</summary>
    public PreviewSlot Previews { get; } = new();

    /// <summary>Whether somebody said that the job is canceled.</summary>
    public bool IsCanceled { get; private set; }

    /// <summary>Whether the job is canceled, or another worker's by now: nothing about it may be written any more.</summary>
    public bool IsLost => _lost.IsCancellationRequested;

    public RenderWork Work => new()
    {
        Id = job.Id,
        Prompt = job.Prompt,
        NegativePrompt = job.NegativePrompt,
        Seed = job.Seed,
        Settings = job.Settings,
        Canceled = _lost.Token,
        ResumeFrom = ResumeFrom,
        Inputs = Inputs,
    };

    /// <summary>Whether a stage is to be kept: each once.</summary>
    /// <param name="stage">From 0.</param>
    public bool Keeps(int stage)
    {
        var isNew = stage >= _stages;
        _stages = Math.Max(_stages, stage + 1);
        return isNew;
    }

    public void Lose() => _lost.Cancel();

    public void Cancel() => IsCanceled = true;

    public void Dispose()
    {
        _lost.Dispose();
        Previews.Dispose();
    }
}
