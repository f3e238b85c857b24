using RenderFarm.Persistence.Jobs;
using RenderFarm.Worker.Rendering;

namespace RenderFarm.Worker.Devices;

/// <summary>A job that this worker has claimed.</summary>
internal sealed class HeldItem(ClaimedJob job, QueuedPrompt prompt) : IDisposable
{
    private readonly CancellationTokenSource _lost = new();

    public ClaimedJob Job => job;
    public QueuedPrompt Prompt => prompt;
    public HeldJob Lease => new(job.Id, job.Epoch);

    /// <summary>What every log entry about the job carries.</summary>
    public IReadOnlyDictionary<string, object> LogScope => new Dictionary<string, object> { ["BatchId"] = job.BatchId, ["JobId"] = job.Id, ["Attempt"] = job.Attempts };

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
    };

    public void Lose() => _lost.Cancel();

    public void Dispose() => _lost.Dispose();
}
