using System.Diagnostics;

namespace RenderFarm.Benchmarks;

/// <summary>Seconds that repeated runs of the same work took.</summary>
/// <param name="Seconds">One entry per run.</param>
internal sealed record Timing(IReadOnlyList<double> Seconds)
{
    public double Least => Seconds.Min();

    public double Median => Seconds.Order().ElementAt(Seconds.Count / 2);

    /// <summary>Runs the work once to warm up and then so often.</summary>
    public static Timing Of(int runs, Action work)
    {
        work();
        return new Timing([.. Enumerable.Range(0, runs).Select(_ => Once(work))]);
    }

    public static double Once(Action work)
    {
        var start = Stopwatch.GetTimestamp();
        work();
        return Stopwatch.GetElapsedTime(start).TotalSeconds;
    }

    public override string ToString() => FormattableString.Invariant($"least {Least:0.000} s, median {Median:0.000} s of {Seconds.Count}");
}
