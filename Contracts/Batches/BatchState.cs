namespace RenderFarm.Contracts.Batches;

/// <summary>Where a batch stands.</summary>
public enum BatchState
{
    /// <summary>Some job is not in a terminal state yet.</summary>
    Running,

    /// <summary>Nothing more is dispatched until it is resumed.</summary>
    Paused,

    /// <summary>Cancellation was asked for and some job has not stopped yet.</summary>
    Canceling,

    /// <summary>Every job is in a terminal state.</summary>
    Finished,
}
