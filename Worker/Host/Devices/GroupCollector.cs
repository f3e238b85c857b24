namespace RenderFarm.Worker.Devices;

/// <summary>
/// Puts waiting prompts together that can share a forward pass. The oldest one's group goes first once it is full, or once the device has
/// nothing to do and the oldest has waited long enough for company; another full group may go before it only until then.
/// </summary>
internal sealed class GroupCollector(TimeSpan companyWait, TimeProvider time)
{
    private readonly Lock _gate = new();
    private readonly LinkedList<QueuedPrompt> _waiting = [];
    private TaskCompletionSource _changed = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public void Add(QueuedPrompt prompt)
    {
        lock (_gate)
        {
            _waiting.AddLast(prompt);
            Signal();
        }
    }

    /// <summary>Takes what is left, in order of arrival.</summary>
    public IReadOnlyList<QueuedPrompt> Drain()
    {
        lock (_gate)
        {
            var rest = _waiting.ToList();
            _waiting.Clear();
            return rest;
        }
    }

    /// <summary>The next group, of at most <paramref name="limit"/> prompts. <paramref name="idle"/> ends when the device has nothing to do.</summary>
    public async Task<IReadOnlyList<QueuedPrompt>> TakeAsync(int limit, Task idle, CancellationToken cancellationToken)
    {
        while (true)
        {
            Task changed;
            TimeSpan? wait = null;
            // Asked once: a device that falls idle after the choice is an event to wait for.
            var isIdle = idle.IsCompleted;
            lock (_gate)
            {
                if (Choose(limit, isIdle, out wait) is { } group)
                    return group;
                changed = _changed.Task;
            }

            await WaitAsync(isIdle ? [changed] : [changed, idle], wait, cancellationToken).ConfigureAwait(false);
            cancellationToken.ThrowIfCancellationRequested();
        }
    }

    private List<QueuedPrompt>? Choose(int limit, bool isIdle, out TimeSpan? wait)
    {
        wait = null;
        if (_waiting.First is null)
            return null;
        var oldest = _waiting.First.Value;
        var left = oldest.Since + companyWait - time.GetUtcNow();
        var full = _waiting.GroupBy(prompt => prompt.Compatibility).Where(group => group.Count() >= limit).Select(group => group.Key).ToList();
        if (full.Contains(oldest.Compatibility) || (isIdle && left <= TimeSpan.Zero))
            return Remove(oldest.Compatibility, limit);
        if (left > TimeSpan.Zero && full.Count > 0)
            return Remove(full[0], limit);
        if (left > TimeSpan.Zero)
            wait = left;
        return null;
    }

    private List<QueuedPrompt> Remove(string compatibility, int limit)
    {
        var group = _waiting.Where(prompt => prompt.Compatibility == compatibility).Take(limit).ToList();
        foreach (var prompt in group)
            _waiting.Remove(prompt);
        return group;
    }

    private async Task WaitAsync(Task[] events, TimeSpan? wait, CancellationToken cancellationToken)
    {
        using var enough = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        await Task.WhenAny([.. events, Task.Delay(wait ?? Timeout.InfiniteTimeSpan, time, enough.Token)]).ConfigureAwait(false);
        await enough.CancelAsync().ConfigureAwait(false);
    }

    private void Signal()
    {
        var changed = _changed;
        _changed = new(TaskCreationOptions.RunContinuationsAsynchronously);
        changed.SetResult();
    }
}
