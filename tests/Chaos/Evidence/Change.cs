namespace RenderFarm.Chaos.Evidence;

/// <summary>A change of a job's state or epoch, as the database saw it.</summary>
internal sealed record Change(Guid Job, string? Worker, string OldState, string NewState, int OldEpoch, int NewEpoch, DateTimeOffset At)
{
    public bool IsClaim => NewState == "running" && NewEpoch > OldEpoch;
}
