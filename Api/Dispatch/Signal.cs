namespace RenderFarm.Api.Dispatch;

/// <summary>Shortens a background loop's wait. Several calls before the loop looks count as one.</summary>
internal abstract class Signal : IDisposable
{
    private readonly SemaphoreSlim _calls = new(0, 1);

    public void Wake()
    {
        try
        {
            _calls.Release();
        }
        catch (SemaphoreFullException)
        {
            // Already called.
        }
    }

    /// <summary>Returns when called, or when the time is over.</summary>
    public Task WaitAsync(TimeSpan atMost, CancellationToken cancellationToken) => _calls.WaitAsync(atMost, cancellationToken);

    public void Dispose() => _calls.Dispose();
}
