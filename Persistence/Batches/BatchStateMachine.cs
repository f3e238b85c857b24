using RenderFarm.Contracts.Batches;
using static RenderFarm.Contracts.Batches.BatchState;
using static RenderFarm.Persistence.Batches.BatchEvent;

namespace RenderFarm.Persistence.Batches;

/// <summary>
/// A batch's life, whole: for each state, what is accepted and where it leads, and what is ignored. The statements that change batches take
/// the states they may start from out of this table.
/// </summary>
public static class BatchStateMachine
{
    private static readonly Dictionary<BatchState, StateRules> Table = new()
    {
        [Running] = new(Accepted: new() { [Pause] = Paused, [Finish] = Finished }, Ignored: [Resume]),
        // Jobs that were running when it was paused end, and waiting ones may be canceled: so may the whole.
        [Paused] = new(Accepted: new() { [Resume] = Running, [Finish] = Finished }, Ignored: [Pause]),
        [Canceling] = new(Accepted: new() { [Finish] = Finished }, Ignored: [Pause, Resume]),
        [Finished] = new(Accepted: [], Ignored: [Pause, Resume, Finish]),
    };

    /// <summary>The state that an event leads to, or null where it is ignored.</summary>
    public static BatchState? Next(BatchState state, BatchEvent @event) =>
        Table[state].Accepted.TryGetValue(@event, out var next) ? next : null;

    /// <summary>Whether the table says of this state that the event is ignored.</summary>
    public static bool Ignores(BatchState state, BatchEvent @event) => Table[state].Ignored.Contains(@event);

    /// <summary>The states in which an event is accepted.</summary>
    public static IReadOnlyList<BatchState> From(BatchEvent @event) =>
        [.. Table.Where(rule => rule.Value.Accepted.ContainsKey(@event)).Select(rule => rule.Key)];

    private sealed record StateRules(Dictionary<BatchEvent, BatchState> Accepted, IReadOnlyList<BatchEvent> Ignored);
}
