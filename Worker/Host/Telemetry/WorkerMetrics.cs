using System.Diagnostics.Metrics;
using RenderFarm.Contracts.Jobs;
using RenderFarm.Persistence.Telemetry;

namespace RenderFarm.Worker.Telemetry;

/// <summary>What devices do.</summary>
internal static class WorkerMetrics
{
    public const string MeterName = "RenderFarm.Worker";
    private const string Stage = "renderfarm.stage";
    private static readonly Meter Meter = new(MeterName);
    private static readonly Counter<long> Steps = Meter.CreateCounter<long>("renderfarm.steps", "{step}", "Denoising steps, each over a whole group.");
    private static readonly Histogram<int> Sizes = Meter.CreateHistogram("renderfarm.group.size", "{job}", "Jobs that were rendered together.",
        advice: new InstrumentAdvice<int> { HistogramBucketBoundaries = [1, 2, 4, 8, 16, 32, 64, 128] });

    private static readonly InstrumentAdvice<double> Seconds = new() { HistogramBucketBoundaries = [0.01, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300, 900] };
    private static readonly Histogram<double> GroupTime = Meter.CreateHistogram("renderfarm.group.duration", "s", "Time for which a group was on the device.", advice: Seconds);
    private static readonly Histogram<double> StageTime = Meter.CreateHistogram("renderfarm.stage.duration", "s", "Time that a stage took for a group.", advice: Seconds);

    public static void CountStep(string model, string stage) => Steps.Add(1, new(FarmMetrics.Model, model), new(Stage, stage));

    public static void RecordGroup(string model, int jobs, TimeSpan time, IReadOnlyList<StageTiming> stages)
    {
        Sizes.Record(jobs, new KeyValuePair<string, object?>(FarmMetrics.Model, model));
        GroupTime.Record(time.TotalSeconds, new KeyValuePair<string, object?>(FarmMetrics.Model, model));
        foreach (var stage in stages)
            StageTime.Record(stage.Seconds, new(FarmMetrics.Model, model), new(Stage, stage.Stage));
    }
}
