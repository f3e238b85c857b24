using System.Diagnostics;

namespace RenderFarm.Benchmarks;

/// <summary>Seconds that repeated runs of the same work took.</summary>
/// <param name="Seconds">By the clock, one entry per run.</param>
/// <param name="ProcessorSeconds">
/// Of all processors together, one entry per run. Threads that wait actively count too; so on a busy machine compare these, with OMP_NUM_THREADS=1.
/// </param>
internal sealed record Timing(IReadOnlyList<double> Seconds, IReadOnlyList<double> ProcessorSeconds)
{
    public double Least => Seconds.Min();

    public double Median => Seconds.Order().ElementAt(Seconds.Count / 2);

    /// <summary>Runs the work once to warm up and then so often.</summary>
    public static Timing Of(int runs, Action work)
    {
        work();
        using var process = Process.GetCurrentProcess();
        var (seconds, processor) = (new List<double>(), new List<double>());
        for (var run = 0; run < runs; run++)
        {
            process.Refresh();
            var before = process.TotalProcessorTime;
            seconds.Add(Once(work));
            process.Refresh();
            processor.Add((process.TotalProcessorTime - before).TotalSeconds);
        }

        return new Timing(seconds, processor);
    }

    public static double Once(Action work)
    {
        var start = Stopwatch.GetTimestamp();
        work();
        return Stopwatch.GetElapsedTime(start).TotalSeconds;
    }

    public override string ToString() =>
        FormattableString.Invariant($"least {Least:0.000} s, median {Median:0.000} s of {Seconds.Count}, processors at least {ProcessorSeconds.Min():0.000} s");
}
