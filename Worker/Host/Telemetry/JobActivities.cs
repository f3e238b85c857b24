using System.Diagnostics;
using RenderFarm.Contracts.Messages;
using RenderFarm.Worker.Devices;

namespace RenderFarm.Worker.Telemetry;

/// <summary>The worker's part of a job's trace: claim, render, store, commit.</summary>
internal static class JobActivities
{
    public const string SourceName = "RenderFarm.Worker";
    private static readonly ActivitySource Source = new(SourceName);

    /// <summary>The trace that a message continues: its delivery's where the bus is traced, else the one that the message names.</summary>
    public static ActivityContext ContextOf(RenderPrompt message)
    {
        ActivityContext.TryParse(message.TraceParent, null, isRemote: true, out var named);
        return Activity.Current is { } delivery && delivery.TraceId == named.TraceId ? delivery.Context : named;
    }

    /// <summary>Begins a step of one job's journey; null while nobody listens.</summary>
    public static Activity? Begin(string step, HeldItem item) => Source.StartActivity(step, ActivityKind.Internal, item.Prompt.Trace, Tags(item));

    /// <summary>Tells of a step that jobs took together: begun then, ended now.</summary>
    public static void Tell(string step, IEnumerable<HeldItem> items, DateTimeOffset since)
    {
        if (!Source.HasListeners())
            return;
        foreach (var item in items)
            Source.StartActivity(step, ActivityKind.Internal, item.Prompt.Trace, Tags(item), startTime: since)?.Dispose();
    }

    private static KeyValuePair<string, object?>[] Tags(HeldItem item) =>
        [new("renderfarm.batch", item.Job.BatchId), new("renderfarm.job", item.Job.Id), new("renderfarm.attempt", item.Job.Attempts), new("renderfarm.model", item.Job.Model)];
}
