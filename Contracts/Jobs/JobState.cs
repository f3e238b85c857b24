namespace RenderFarm.Contracts.Jobs;

/// <summary>Where a job stands. The last four are terminal: a job never leaves them.</summary>
public enum JobState
{
    Queued,
    Running,
    Succeeded,
    Failed,
    Canceled,
    Expired,
}
