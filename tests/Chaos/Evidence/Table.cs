using System.Globalization;

namespace RenderFarm.Chaos.Evidence;

/// <summary>A run in figures.</summary>
internal static class Table
{
    public static IReadOnlyList<(string What, string Figure)> Of(
        Findings findings, IReadOnlyList<(Guid Job, DateTimeOffset At)> bereaved, ILookup<string, DateTimeOffset> halts, int fenced, int repeated, TimeSpan rest)
    {
        var recovery = Recovery(findings, bereaved);
        var (useful, duplicate) = Seconds(findings, halts);
        var accepted = findings.Accepted.Values.Sum(submission => submission.Jobs);
        var lost = accepted - findings.Jobs.Count(job => findings.Accepted.ContainsKey(job.Batch) && job.IsTerminal);
        return
        [
            ("jobs accepted", Text(accepted)),
            ("  succeeded / failed as due / canceled", $"{Count(findings, "succeeded")} / {Count(findings, "failed")} / {Count(findings, "canceled")}"),
            ("  repeated submissions answered alike", Text(repeated)),
            ("jobs lost", Text(lost)),
            ("jobs committed twice", Text(findings.History.Count(job => job.Count(change => change.NewState == "succeeded") > 1))),
            ("jobs claimed more than once", Text(findings.History.Count(job => job.Count(change => change.IsClaim) > 1))),
            ("commits fenced", Text(fenced)),
            ("objects stranded before collection", Text(findings.Stranded)),
            ("objects orphaned after collection", Text(findings.Objects.Keys.Except(findings.Outputs.Select(output => output.Key)).Count())),
            ("duplicate over useful render seconds", string.Create(CultureInfo.InvariantCulture, $"{duplicate:F1} / {useful:F1} = {duplicate / Math.Max(useful, 0.001):P1}")),
            ("recovery of a job after kill -9, median / worst", recovery.Count == 0 ? "no worker that was killed had a job"
                : string.Create(CultureInfo.InvariantCulture, $"{recovery[recovery.Count / 2]:F1} s / {recovery[^1]:F1} s of {recovery.Count}")),
            ("longest time in which no job ended", string.Create(CultureInfo.InvariantCulture, $"{Standstill(findings):F1} s")),
            ("from the last fault to rest", string.Create(CultureInfo.InvariantCulture, $"{rest.TotalSeconds:F1} s")),
        ];
    }

    /// <summary>Seconds from each kill to the next claim, or the end, of each job that it hit.</summary>
    private static List<double> Recovery(Findings findings, IReadOnlyList<(Guid Job, DateTimeOffset At)> bereaved) =>
        [.. bereaved.Select(hit => (hit.At, Next: findings.History[hit.Job].FirstOrDefault(change => change.At > hit.At && change.NewState != "queued")))
            .Where(hit => hit.Next is not null).Select(hit => (hit.Next!.At - hit.At).TotalSeconds).Order()];

    /// <summary>
    /// Seconds of attempts that were committed, and of those of drawn jobs that were not. An attempt ends for this where its worker was killed or
    /// stopped: after that it cost nothing.
    /// </summary>
    private static (double Useful, double Duplicate) Seconds(Findings findings, ILookup<string, DateTimeOffset> halts)
    {
        var (useful, duplicate) = (0.0, 0.0);
        foreach (var job in findings.Jobs.Where(job => job.State == "succeeded"))
            foreach (var (claim, end) in findings.History[job.Id].Zip(findings.History[job.Id].Skip(1)).Where(pair => pair.First.IsClaim))
            {
                var halted = halts[claim.Worker ?? ""].Where(at => at > claim.At && at < end.At).DefaultIfEmpty(end.At).Min();
                if (end.NewState == "succeeded")
                    useful += (end.At - claim.At).TotalSeconds;
                else
                    duplicate += (halted - claim.At).TotalSeconds;
            }

        return (useful, duplicate);
    }

    /// <summary>Seconds of the longest time between two ends of jobs.</summary>
    private static double Standstill(Findings findings)
    {
        var ends = findings.History.SelectMany(job => job).Where(change => change.NewState is "succeeded" or "failed").Select(change => change.At).Order().ToList();
        return ends.Zip(ends.Skip(1)).Select(pair => (pair.Second - pair.First).TotalSeconds).DefaultIfEmpty().Max();
    }

    private static int Count(Findings findings, string state) => findings.Jobs.Count(job => job.State == state);

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);
}
