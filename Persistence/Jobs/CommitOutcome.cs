namespace RenderFarm.Persistence.Jobs;

/// <summary>What became of a commit.</summary>
public enum CommitOutcome
{
    /// <summary>The result is the job's, now or already by an earlier commit of the same epoch.</summary>
    Committed,

    /// <summary>The job is no longer this worker's: the result is discarded and what was uploaded for it must be deleted.</summary>
    Fenced,
}
