namespace RenderFarm.Worker.Previews;

/// <summary>The previews of one job: at most one on its way to the store, and the keys under which one may be there.</summary>
internal sealed class PreviewSlot : IDisposable
{
    private readonly CancellationTokenSource _end = new();
    private readonly List<string> _keys = [];
    private volatile Task _keeping = Task.CompletedTask;
    private int _number;

    /// <summary>Whether one is still on its way.</summary>
    public bool IsBusy => !_keeping.IsCompleted;

    /// <summary>Whether one could not be stored; said once for a job.</summary>
    public bool HasFailed { get; set; }

    /// <summary>Sends one on its way, beside whatever the calling thread does next.</summary>
    /// <param name="keep">Takes its number, from 1, and a token that ends with the job; never fails. Only it touches the keys while it runs.</param>
    public void Begin(Func<int, CancellationToken, Task> keep)
    {
        var (number, end) = (++_number, _end.Token);
        _keeping = Task.Run(() => keep(number, end), CancellationToken.None);
    }

    /// <summary>A preview is about to be stored there.</summary>
    public void Add(string key) => _keys.Add(key);

    /// <summary>The keys, but one.</summary>
    public IReadOnlyList<string> AllBut(string? key) => [.. _keys.Where(other => other != key)];

    /// <summary>Nothing is stored there any more.</summary>
    public void Forget(string key) => _keys.Remove(key);

    /// <summary>Nothing more is kept: stops what is on its way, and ends when that has.</summary>
    public async Task EndAsync()
    {
        await _end.CancelAsync().ConfigureAwait(false);
        await _keeping.ConfigureAwait(false);
    }

    public void Dispose() => _end.Dispose();
}
