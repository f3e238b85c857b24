namespace RenderFarm.Cli.Farms;

/// <summary>Guesses how long the rest of some work takes from how long its beginning took.</summary>
internal sealed class TimeLeft(TimeProvider time)
{
    /// <summary>Less than this says nothing yet.</summary>
    private const double LeastFraction = 0.01;

    private (long Timestamp, double Fraction)? _begin;

    /// <param name="fraction">How much is done, 0 to 1. The clock starts at the first call with more than was there before anything was measured.</param>
    public TimeSpan? At(double fraction)
    {
        if (_begin is not { } begin)
        {
            _begin = (time.GetTimestamp(), fraction);
            return null;
        }
        if (begin.Fraction == fraction && fraction == 0) _begin = (time.GetTimestamp(), 0);
        var gained = fraction - begin.Fraction;
        return gained < LeastFraction ? null : time.GetElapsedTime(begin.Timestamp) * ((1 - fraction) / gained);
    }
}
