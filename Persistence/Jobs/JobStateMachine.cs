using RenderFarm.Contracts.Jobs;
using static RenderFarm.Contracts.Jobs.JobState;
using static RenderFarm.Persistence.Jobs.JobEvent;

namespace RenderFarm.Persistence.Jobs;

/// <summary>
/// A job's life, whole: for each state, what is accepted and where it leads, and what is ignored. The statements that change jobs take
/// the states they may start from out of this table, so that an event that is ignored here changes no row there.
/// </summary>
public static class JobStateMachine
{
    private static readonly JobEvent[] Everything = Enum.GetValues<JobEvent>();

    private static readonly Dictionary<JobState, StateRules> Table = new()
    {
        [Queued] = new(
            Accepted: new() { [Claim] = Running, [Return] = Queued, [GiveUp] = Failed, [Cancel] = Canceled, [Expire] = Expired },
            // Messages and workers of an earlier attempt may still speak of a job that went back to the queue.
            Ignored: [TakeOver, Renew, Commit, Fail, Retry, Release]),
        [Running] = new(
            Accepted: new()
            {
                [TakeOver] = Running, [Renew] = Running, [Commit] = Succeeded, [Fail] = Failed,
                [Retry] = Queued, [Release] = Queued, [Cancel] = Canceled, [Expire] = Expired,
            },
            // A second message for a job that somebody has, and what became of it.
            Ignored: [Claim, Return, GiveUp]),
        [Succeeded] = new(Accepted: [], Ignored: Everything),
        [Failed] = new(Accepted: [], Ignored: Everything),
        [Canceled] = new(Accepted: [], Ignored: Everything),
        [Expired] = new(Accepted: [], Ignored: Everything),
    };

    /// <summary>The state that an event leads to, or null where it is ignored.</summary>
    public static JobState? Next(JobState state, JobEvent @event) =>
        Table[state].Accepted.TryGetValue(@event, out var next) ? next : null;

    /// <summary>Whether the table says of this state that the event is ignored.</summary>
    public static bool Ignores(JobState state, JobEvent @event) => Table[state].Ignored.Contains(@event);

    /// <summary>Whether a job never leaves this state.</summary>
    public static bool IsTerminal(JobState state) => Table[state].Accepted.Count == 0;

    /// <summary>The states that a job never leaves.</summary>
    public static IReadOnlyList<JobState> Terminal => [.. Table.Keys.Where(IsTerminal)];

    /// <summary>The states in which an event is accepted.</summary>
    public static IReadOnlyList<JobState> From(JobEvent @event) =>
        [.. Table.Where(rule => rule.Value.Accepted.ContainsKey(@event)).Select(rule => rule.Key)];

    private sealed record StateRules(Dictionary<JobEvent, JobState> Accepted, IReadOnlyList<JobEvent> Ignored);
}
