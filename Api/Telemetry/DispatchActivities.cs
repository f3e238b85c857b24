using System.Diagnostics;
using RenderFarm.Contracts.Messages;

namespace RenderFarm.Api.Telemetry;

/// <summary>The dispatcher's part of a job's trace: what was begun by the submission goes on with its messages.</summary>
internal static class DispatchActivities
{
    public const string SourceName = "RenderFarm.Api";
    private static readonly ActivitySource Source = new(SourceName);

    /// <summary>Begins the sending of messages that share a trace; null while nobody listens.</summary>
    public static Activity? Dispatch(IReadOnlyList<RenderPrompt> messages) => Source.StartActivity(
        "dispatch", ActivityKind.Internal, messages[0].TraceParent, [new("renderfarm.model", messages[0].Model), new("renderfarm.dispatch.count", messages.Count)]);

    /// <summary>Messages in their order, cut where the trace changes.</summary>
    public static IEnumerable<IReadOnlyList<RenderPrompt>> ByTrace(IReadOnlyList<RenderPrompt> messages)
    {
        for (var start = 0; start < messages.Count;)
        {
            List<RenderPrompt> run = [.. messages.Skip(start).TakeWhile(message => message.TraceParent == messages[start].TraceParent)];
            yield return run;
            start += run.Count;
        }
    }
}
