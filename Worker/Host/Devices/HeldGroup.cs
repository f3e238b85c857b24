using RenderFarm.Contracts.Jobs;
using RenderFarm.Worker.Rendering;

namespace RenderFarm.Worker.Devices;

/// <summary>Claimed jobs that are rendered together.</summary>
internal sealed class HeldGroup(IReadOnlyList<HeldItem> items, CancellationToken stopping) : IDisposable
{
    private readonly CancellationTokenSource _stop = CancellationTokenSource.CreateLinkedTokenSource(stopping);
    private volatile JobProgress? _progress;

    public IReadOnlyList<HeldItem> Items => items;

    /// <summary>Canceled when no item is wanted any more, or the worker stops.</summary>
    public CancellationToken Stop => _stop.Token;

    public JobProgress? Progress => _progress;

    public void Report(RenderStep step) => _progress = new() { Stage = step.Stage, Step = step.Step, Steps = step.Steps };

    /// <summary>Gives up the items for which the test holds.</summary>
    public void Lose(Func<HeldItem, bool> isLost)
    {
        foreach (var item in items.Where(item => !item.IsLost && isLost(item)))
            item.Lose();
        if (items.All(item => item.IsLost))
            _stop.Cancel();
    }

    public void Dispose()
    {
        _stop.Dispose();
        foreach (var item in items)
            item.Dispose();
    }
}
