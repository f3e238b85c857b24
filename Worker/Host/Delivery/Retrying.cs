using RenderFarm.Persistence;

namespace RenderFarm.Worker.Delivery;

/// <summary>Tries again after a growing wait.</summary>
internal sealed class Retrying(int tries, TimeSpan delay, TimeProvider time)
{
    private static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(5);

    /// <summary>So many tries.</summary>
    public Task<T> RunAsync<T>(Func<Task<T>> work) => RunAsync(work, new CancellationToken(canceled: true));

    /// <summary>So many tries, and while the database is away as many as it takes, until told to stop: what is done must not be done again.</summary>
    public async Task<T> RunAsync<T>(Func<Task<T>> work, CancellationToken stopping)
    {
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                return await work().ConfigureAwait(false);
            }
            catch (Exception e) when (attempt < tries || (Outage.Is(e) && !stopping.IsCancellationRequested))
            {
                var wait = TimeSpan.FromTicks(Math.Min(LongestWait.Ticks, delay.Ticks * (1L << Math.Min(attempt - 1, 20))));
                // The set tries have their waits even while stopping; those beyond end with it.
                await Task.Delay(wait, time, attempt < tries ? CancellationToken.None : stopping).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
    }
}
