namespace RenderFarm.Cli.Farms;

/// <summary>Asks a farm again while it is away: restarting, perhaps, and it forgets nothing, so neither does who asks.</summary>
internal sealed class FarmPatience(TimeProvider time)
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);

    /// <summary>How long the farm may be away before that is an error.</summary>
    private static readonly TimeSpan Longest = TimeSpan.FromMinutes(1);

    /// <param name="ask">A question that may be put twice.</param>
    /// <param name="cancellationToken">Ends the waiting.</param>
    /// <exception cref="FarmUnreachableException">It was away for longer than a minute.</exception>
    public async Task<T> AskAsync<T>(Func<Task<T>> ask, CancellationToken cancellationToken)
    {
        using var timer = new PeriodicTimer(Interval, time);
        long? away = null;
        while (true)
        {
            try
            {
                return await ask().ConfigureAwait(false);
            }
            catch (FarmUnreachableException error)
            {
                away ??= time.GetTimestamp();
                if (time.GetElapsedTime(away.Value) >= Longest)
                    throw new FarmUnreachableException($"The farm has been away for {Longest.TotalSeconds:0} s. {error.Message} What it accepted is not lost: it goes on when it runs again.", error);
            }
            await timer.WaitForNextTickAsync(cancellationToken).ConfigureAwait(false);
        }
    }
}
