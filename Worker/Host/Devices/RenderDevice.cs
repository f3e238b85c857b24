using System.Threading.Channels;
using Microsoft.Extensions.Options;
using RenderFarm.Persistence.Dispatch;
using RenderFarm.Persistence.Jobs;
using RenderFarm.Worker.Checkpoints;
using RenderFarm.Worker.Delivery;
using RenderFarm.Worker.Inputs;
using RenderFarm.Worker.Previews;
using RenderFarm.Worker.Rendering;
using RenderFarm.Worker.Telemetry;

namespace RenderFarm.Worker.Devices;

/// <summary>
/// One device: a thread that does nothing but render, fed with claimed groups. One group waits claimed while one is rendered and those before
/// are encoded, stored and committed.
/// </summary>
internal sealed partial class RenderDevice(
    Func<IRenderer> load, HeldGroups held, JobLeases leases, Runway runway, GroupDelivery delivery, CheckpointKeeper checkpoints, PreviewKeeper previews, InputFetcher inputs, IOptions<WorkerOptions> options, TimeProvider time, ILogger<RenderDevice> logger)
    : IDisposable
{
    private const int DeliveriesAtOnce = 2;

    /// <summary>So long a stop waits for previews to be deleted; what is left the orphan sweep deletes.</summary>
    private static readonly TimeSpan PreviewPatience = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan ClaimRetry = TimeSpan.FromSeconds(1);
    private readonly Channel<HeldGroup> _claimed = Channel.CreateBounded<HeldGroup>(1);
    private readonly SemaphoreSlim _deliveries = new(DeliveriesAtOnce);
    private readonly CancellationTokenSource _stopFeeding = new();
    private readonly CancellationTokenSource _stopRendering = new();
    private readonly TaskCompletionSource<IRenderer> _loaded = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _outcome = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly DeviceLoad _load = new();
    private DevicePreviews? _previews;
    private readonly List<Task> _endings = [];
    private readonly Lock _gate = new();
    private volatile GroupRenderer? _renderer;
    private volatile string? _model;
    private Task _feeding = Task.CompletedTask;
    private Task? _stopping;
    private volatile bool _isStarted;

    /// <summary>Ends when the model is loaded; fails if it cannot be.</summary>
    public Task<IRenderer> Loaded => _loaded.Task;

    /// <summary>Ends with the last rendering; fails, at once, if the device did.</summary>
    public Task Ended => _outcome.Task;

    public void Start()
    {
        _isStarted = true;
        var thread = new Thread(Run) { IsBackground = true, Name = "render device" };
        thread.Start();
    }

    public void Feed(GroupCollector collector) => _feeding = FeedAsync(collector);

    /// <summary>Takes no more, lets the group on the device finish within the drain time, hands back the rest. Once: a later call waits for the first one's end.</summary>
    public Task StopAsync()
    {
        if (!_isStarted)
            return Task.CompletedTask;
        lock (_gate)
            return _stopping ??= StopOnceAsync();
    }

    public void Dispose()
    {
        _deliveries.Dispose();
        _stopFeeding.Dispose();
        _stopRendering.Dispose();
    }

    private async Task StopOnceAsync()
    {
        await _stopFeeding.CancelAsync().ConfigureAwait(false);
        await _feeding.ConfigureAwait(false);
        _claimed.Writer.TryComplete();
        await Task.WhenAny(_ended.Task, Task.Delay(options.Value.DrainTimeout, time)).ConfigureAwait(false);
        await _stopRendering.CancelAsync().ConfigureAwait(false);
        await _ended.Task.ConfigureAwait(false);
        for (var i = 0; i < DeliveriesAtOnce; i++)
            await _deliveries.WaitAsync().ConfigureAwait(false);
        Task[] endings;
        lock (_gate)
            endings = [.. _endings];
        await Task.WhenAll(endings).WaitAsync(PreviewPatience, time).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    private async Task FeedAsync(GroupCollector collector)
    {
        var stopping = _stopFeeding.Token;
        try
        {
            while (await _claimed.Writer.WaitToWriteAsync(stopping).ConfigureAwait(false))
            {
                var prompts = await collector.TakeAsync(_renderer!.Limit, _load.Idle, stopping).ConfigureAwait(false);
                if (await ClaimAsync(prompts, stopping).ConfigureAwait(false) is not { } group)
                    continue;
                await Task.WhenAll(checkpoints.ResumeAsync(group), inputs.FetchAsync(group)).ConfigureAwait(false);
                await HandOverAsync(group).ConfigureAwait(false);
            }
        }
        catch (OperationCanceledException)
        {
            // Stopped.
        }
    }

    /// <summary>Gives a group to the device's thread, or back if the device failed while it was claimed.</summary>
    private async Task HandOverAsync(HeldGroup group)
    {
        _load.Begin();
        try
        {
            await _claimed.Writer.WriteAsync(group, CancellationToken.None).ConfigureAwait(false);
        }
        catch (ChannelClosedException)
        {
            _load.End();
            await _deliveries.WaitAsync().ConfigureAwait(false);
            await EndAsync(group, deliver => deliver.HandBackAsync(group)).ConfigureAwait(false);
        }
    }

    private async Task<HeldGroup?> ClaimAsync(IReadOnlyList<QueuedPrompt> prompts, CancellationToken stopping)
    {
        for (; ; )
        {
            try
            {
                var since = time.GetUtcNow();
                var claims = prompts.Select(prompt => new ClaimRequest(prompt.JobId, prompt.IsRedelivered)).ToList();
                var jobs = await leases.ClaimAsync(options.Value.Name, _model!, claims, options.Value.Lease, CancellationToken.None).ConfigureAwait(false);
                return Hold(prompts, jobs, since);
            }
            catch (Exception e)
            {
                ClaimFailed(prompts.Count, e);
                await Task.Delay(ClaimRetry, time, stopping).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }

            if (stopping.IsCancellationRequested)
            {
                await HandBackAsync(prompts).ConfigureAwait(false);
                return null;
            }
        }
    }

    private HeldGroup? Hold(IReadOnlyList<QueuedPrompt> prompts, IReadOnlyList<ClaimedJob> jobs, DateTimeOffset since)
    {
        var byId = jobs.ToDictionary(job => job.Id);
        foreach (var prompt in prompts.Where(prompt => !byId.ContainsKey(prompt.JobId)))
            prompt.Complete();
        if (jobs.Count == 0)
            return null;
        var items = prompts.Where(prompt => byId.ContainsKey(prompt.JobId)).Select(prompt => new HeldItem(byId[prompt.JobId], prompt)).ToList();
        var group = new HeldGroup(items, _stopRendering.Token);
        held.Add(group);
        JobActivities.Tell("claim", items, since);
        return group;
    }

    /// <summary>Lets the dispatcher send prompts again that nobody claimed.</summary>
    private async Task HandBackAsync(IReadOnlyList<QueuedPrompt> prompts)
    {
        try
        {
            await runway.TakeBackAsync([.. prompts.Select(prompt => prompt.JobId)], CancellationToken.None).ConfigureAwait(false);
        }
        catch (Exception e)
        {
            ClaimFailed(prompts.Count, e);
        }

        foreach (var prompt in prompts)
            prompt.Complete();
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "{Count} jobs could not be claimed or handed back")]
    private partial void ClaimFailed(int count, Exception exception);
}
