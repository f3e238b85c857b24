using System.Diagnostics.Metrics;
using RenderFarm.Contracts.Jobs;
using RenderFarm.Persistence.Sql;

namespace RenderFarm.Persistence.Telemetry;

/// <summary>What jobs go through, counted once it is committed, in whichever process committed it.</summary>
public static class FarmMetrics
{
    /// <summary>Name by which a listener finds these instruments.</summary>
    public const string MeterName = "RenderFarm.Persistence";

    /// <summary>Attribute: the model's name.</summary>
    public const string Model = "renderfarm.model";

    /// <summary>Attribute: the state that a job ended in.</summary>
    public const string State = "renderfarm.job.state";

    /// <summary>Attribute: the kind of the error, as a job's status shows it.</summary>
    public const string Kind = "renderfarm.error.kind";

    private static readonly Meter Meter = new(MeterName);
    private static readonly Counter<long> Accepted = Meter.CreateCounter<long>("renderfarm.jobs.accepted", "{job}", "Jobs that were accepted.");
    private static readonly Counter<long> Finished = Meter.CreateCounter<long>("renderfarm.jobs.finished", "{job}", "Jobs that reached a terminal state.");
    private static readonly Counter<long> Retried = Meter.CreateCounter<long>("renderfarm.jobs.retried", "{job}", "Attempts that failed and are followed by another.");
    private static readonly Counter<long> Expired = Meter.CreateCounter<long>("renderfarm.leases.expired", "{lease}", "Leases of workers that went silent.");
    private static readonly Counter<long> Fenced = Meter.CreateCounter<long>(
        "renderfarm.commits.fenced", "{commit}", "Results that were refused because the job was no longer the worker's.");

    private static readonly Histogram<double> Waited = Meter.CreateHistogram("renderfarm.job.wait.duration", "s", "Time from a job's acceptance to its first claim.",
        advice: new InstrumentAdvice<double> { HistogramBucketBoundaries = [0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300, 900, 3600, 14400, 86400] });

    internal static void CountAccepted(string model, int jobs) => Accepted.Add(jobs, Tag(Model, model));

    internal static void CountFinished(string model, JobState state) => Finished.Add(1, Tag(Model, model), Tag(State, LowerCase.Text(state)));

    internal static void CountRetried(string model, string kind) => Retried.Add(1, Tag(Model, model), Tag(Kind, kind));

    internal static void CountExpired(string model) => Expired.Add(1, Tag(Model, model));

    internal static void CountFenced() => Fenced.Add(1);

    internal static void RecordWait(string model, TimeSpan wait) => Waited.Record(wait.TotalSeconds, Tag(Model, model));

    private static KeyValuePair<string, object?> Tag(string name, string value) => new(name, value);
}
