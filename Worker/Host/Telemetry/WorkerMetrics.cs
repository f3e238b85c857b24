using System.Diagnostics.Metrics;
using RenderFarm.Contracts.Jobs;
using RenderFarm.Persistence.Telemetry;

namespace RenderFarm.Worker.Telemetry;

/// <summary>What devices do.</summary>
internal static class WorkerMetrics
{
    public const string MeterName = "RenderFarm.Worker";
    private const string Stage = "renderfarm.stage";
    private const string Reason = "renderfarm.reason";
    private static readonly Meter Meter = new(MeterName);
    private static readonly Counter<long> Steps = Meter.CreateCounter<long>("renderfarm.steps", "{step}", "Denoising steps, each over a whole group.");
    private static readonly Histogram<int> Sizes = Meter.CreateHistogram("renderfarm.group.size", "{job}", "Jobs that were rendered together.",
        advice: new InstrumentAdvice<int> { HistogramBucketBoundaries = [1, 2, 4, 8, 16, 32, 64, 128] });

    private static readonly InstrumentAdvice<double> Seconds = new() { HistogramBucketBoundaries = [0.01, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300, 900] };
    private static readonly Histogram<double> GroupTime = Meter.CreateHistogram("renderfarm.group.duration", "s", "Time for which a group was on the device.", advice: Seconds);
    private static readonly Histogram<double> StageTime = Meter.CreateHistogram("renderfarm.stage.duration", "s", "Time that a stage took for a group.", advice: Seconds);

    private static readonly Counter<long> Previews = Meter.CreateCounter<long>("renderfarm.previews.kept", "{preview}", "Previews of running jobs that were stored.");
    private static readonly Counter<long> Dropped = Meter.CreateCounter<long>("renderfarm.previews.dropped", "{preview}", "Previews that were due and could not be made or stored.");
    private static readonly Histogram<double> LookTime = Meter.CreateHistogram("renderfarm.preview.duration", "s", "Time for which a preview kept the device from drawing.", advice: Seconds);

    public static void CountStep(string model, string stage) => Steps.Add(1, new(FarmMetrics.Model, model), new(Stage, stage));

    public static void RecordGroup(string model, int jobs, TimeSpan time, IReadOnlyList<StageTiming> stages)
    {
        Sizes.Record(jobs, new KeyValuePair<string, object?>(FarmMetrics.Model, model));
        GroupTime.Record(time.TotalSeconds, new KeyValuePair<string, object?>(FarmMetrics.Model, model));
        foreach (var stage in stages)
            StageTime.Record(stage.Seconds, new(FarmMetrics.Model, model), new(Stage, stage.Stage));
    }

    public static void RecordLook(string model, string stage, TimeSpan cost) => LookTime.Record(cost.TotalSeconds, new(FarmMetrics.Model, model), new(Stage, stage));

    public static void CountPreview(string model) => Previews.Add(1, new KeyValuePair<string, object?>(FarmMetrics.Model, model));

    /// <param name="model">The model's name.</param>
    /// <param name="reason">busy: the one before, or two others of the device, were still on their way to the store; store: the store did not take it; failed: the device could not make it.</param>
    public static void CountDropped(string model, string reason) => Dropped.Add(1, new(FarmMetrics.Model, model), new(Reason, reason));
}
