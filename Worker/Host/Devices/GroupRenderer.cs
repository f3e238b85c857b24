using System.Diagnostics;
using RenderFarm.Contracts.Pictures;
using RenderFarm.Worker.Rendering;
using RenderFarm.Worker.Telemetry;

namespace RenderFarm.Worker.Devices;

/// <summary>
/// Renders a group whatever is in it. Out of memory: in halves, and never so many of their kind again. Any other error: in halves too, until the one job
/// that cannot be rendered stands alone and its neighbours have their pictures.
/// </summary>
internal sealed partial class GroupRenderer(IRenderer renderer, ILogger logger)
{
    /// <summary>Of groups with start pictures, whose shapes make them larger: they teach nothing about the others.</summary>
    private int _limitWithStarts = renderer.MaxBatch;

    /// <summary>Most works at once, as far as is known by now.</summary>
    public int Limit { get; private set; } = renderer.MaxBatch;

    /// <summary>One outcome per work, in their order.</summary>
    public IReadOnlyList<RenderOutcome> Render(IReadOnlyList<RenderWork> works, Action<RenderStep> progress, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var starts = works.Any(work => work.Inputs.ContainsKey(InputRole.Start));
        var limit = starts ? Math.Min(Limit, _limitWithStarts) : Limit;
        if (works.Count > limit)
            return [.. works.Chunk(limit).SelectMany(part => Render(part, progress, cancellationToken))];
        try
        {
            return Checked(works, Measured(works, progress, cancellationToken));
        }
        catch (Exception e) when (e is not (OperationCanceledException or DeviceFailedException))
        {
            if (works.Count == 1)
                return [new() { Id = works[0].Id, Error = e }];
            if (e is DeviceMemoryException)
            {
                limit = works.Count / 2;
                if (starts) _limitWithStarts = limit;
                else Limit = limit;
                OutOfMemory(works.Count, limit);
            }
            else
            {
                Split(works.Count, e);
            }

            var half = works.Count / 2;
            return [.. Render([.. works.Take(half)], progress, cancellationToken), .. Render([.. works.Skip(half)], progress, cancellationToken)];
        }
    }

    private IReadOnlyList<RenderOutcome> Measured(IReadOnlyList<RenderWork> works, Action<RenderStep> progress, CancellationToken cancellationToken)
    {
        var (model, start) = (renderer.Model.Name, Stopwatch.GetTimestamp());
        var outcomes = renderer.Render(works, step =>
        {
            WorkerMetrics.CountStep(model, step.Stage);
            progress(step);
        }, cancellationToken);
        // Each outcome tells the time of the whole group.
        WorkerMetrics.RecordGroup(model, works.Count, Stopwatch.GetElapsedTime(start), outcomes.FirstOrDefault(outcome => outcome.Timings.Count > 0)?.Timings ?? []);
        return outcomes;
    }

    /// <summary>Pictures must never be swapped between jobs: a renderer that answers otherwise than asked is not believed at all.</summary>
    private static IReadOnlyList<RenderOutcome> Checked(IReadOnlyList<RenderWork> works, IReadOnlyList<RenderOutcome> outcomes)
    {
        if (!works.Select(work => work.Id).SequenceEqual(outcomes.Select(outcome => outcome.Id)))
            throw new DeviceFailedException("The renderer returned other pictures than it was asked for.");
        return outcomes;
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "Out of device memory with {Count} works; from now on at most {Limit}")]
    private partial void OutOfMemory(int count, int limit);

    [LoggerMessage(Level = LogLevel.Warning, Message = "A group of {Count} failed; rendering it in halves")]
    private partial void Split(int count, Exception exception);
}
