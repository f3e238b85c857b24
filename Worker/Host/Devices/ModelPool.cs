using System.Collections.Concurrent;
using RenderFarm.Contracts.Messages;
using RenderFarm.Contracts.Models;
using RenderFarm.Persistence.Dispatch;
using RenderFarm.Worker.Telemetry;

namespace RenderFarm.Worker.Devices;

/// <summary>The devices of this process that render one model, and the prompts that wait for them.</summary>
internal sealed partial class ModelPool(
    ModelDescription model, IReadOnlyList<RenderDevice> devices, int capacity, GroupCollector collector, Runway runway, TimeProvider time, ILogger logger)
{
    private readonly ConcurrentDictionary<Guid, QueuedPrompt> _prompts = new();

    private volatile bool _isStopping;

    public ModelDescription Model => model;

    /// <summary>Prompts worth having at once: what the devices render, and as much again to choose groups from.</summary>
    public int Capacity => capacity;

    public void Start()
    {
        foreach (var device in devices)
            device.Feed(collector);
    }

    /// <summary>
    /// Ends when nothing is left to do for the message. One for another model goes back to the dispatcher. A second message for a job that is already here waits for the first one's end and is
    /// then judged anew: it may be the one that was sent because the first attempt failed.
    /// </summary>
    public async Task RenderAsync(RenderPrompt message, bool isRedelivered)
    {
        if (message.Model != model.Name)
        {
            Strayed(message.JobId, message.Model, model.Name);
            await runway.TakeBackAsync([message.JobId], CancellationToken.None).ConfigureAwait(false);
            return;
        }

        var prompt = new QueuedPrompt(message.JobId, message.Compatibility, isRedelivered, time.GetUtcNow(), JobActivities.ContextOf(message));
        for (var known = _prompts.GetOrAdd(message.JobId, prompt); known != prompt; known = _prompts.GetOrAdd(message.JobId, prompt))
        {
            await known.Done.ConfigureAwait(false);
            _prompts.TryRemove(new(message.JobId, known));
        }

        collector.Add(prompt);
        if (_isStopping)
            await HandBackAsync().ConfigureAwait(false);
        await prompt.Done.ConfigureAwait(false);
        _prompts.TryRemove(new(message.JobId, prompt));
    }

    /// <summary>Stops the devices and lets the dispatcher send again what still waits here.</summary>
    public async Task StopAsync()
    {
        await Task.WhenAll(devices.Select(device => device.StopAsync())).ConfigureAwait(false);
        _isStopping = true;
        await HandBackAsync().ConfigureAwait(false);
    }

    private async Task HandBackAsync()
    {
        var rest = collector.Drain();
        if (rest.Count == 0)
            return;
        try
        {
            await runway.TakeBackAsync([.. rest.Select(prompt => prompt.JobId)], CancellationToken.None).ConfigureAwait(false);
        }
        finally
        {
            foreach (var prompt in rest)
                prompt.Complete();
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "Job {JobId} is for model '{Wanted}' but came to a worker of '{Model}'; it is dispatched again")]
    private partial void Strayed(Guid jobId, string wanted, string model);
}
