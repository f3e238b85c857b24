using System.Diagnostics;

namespace RenderFarm.Worker.Devices;

/// <summary>A message that waits for a device.</summary>
internal sealed class QueuedPrompt(Guid jobId, string compatibility, bool isRedelivered, DateTimeOffset since, ActivityContext trace = default)
{
    private readonly TaskCompletionSource _done = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public Guid JobId => jobId;
    public string Compatibility => compatibility;

    /// <summary>Whether the broker gave the message to a worker before, and lost that one.</summary>
    public bool IsRedelivered => isRedelivered;
    public DateTimeOffset Since => since;

    /// <summary>The trace that its rendering continues.</summary>
    public ActivityContext Trace => trace;

    /// <summary>Ends when nothing is left to do for the message: the job is committed, failed, handed back, or was not to be had.</summary>
    public Task Done => _done.Task;

    public void Complete() => _done.TrySetResult();
}
