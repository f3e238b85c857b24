using System.Collections.Concurrent;

namespace RenderFarm.Worker.Devices;

/// <summary>All groups that this worker has claimed and not yet finished.</summary>
internal sealed class HeldGroups
{
    private readonly ConcurrentDictionary<HeldGroup, bool> _groups = new();

    public IReadOnlyCollection<HeldGroup> All => [.. _groups.Keys];

    public void Add(HeldGroup group) => _groups.TryAdd(group, true);

    public bool Contains(HeldGroup group) => _groups.ContainsKey(group);

    public void Remove(HeldGroup group) => _groups.TryRemove(group, out _);

    /// <summary>Gives up jobs that were canceled.</summary>
    public void Cancel(IReadOnlyCollection<Guid> jobs)
    {
        foreach (var group in _groups.Keys)
        {
            foreach (var item in group.Items.Where(item => jobs.Contains(item.Job.Id)))
                item.Cancel();
            group.Lose(item => item.IsCanceled);
        }
    }
}
