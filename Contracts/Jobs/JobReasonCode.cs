namespace RenderFarm.Contracts.Jobs;

/// <summary>Why a job is where it is.</summary>
public enum JobReasonCode
{
    /// <summary>Its batch is paused.</summary>
    BatchPaused,

    /// <summary>The operator paused its model.</summary>
    ModelPaused,

    /// <summary>An attempt failed, and the next one waits until a set time.</summary>
    RetryBackoff,

    /// <summary>No worker that renders its model has reported lately.</summary>
    NoWorker,

    /// <summary>Jobs of its batch with the same model and priority come before it.</summary>
    BehindJobs,

    /// <summary>Other batches or priorities of its tenant come before it.</summary>
    BehindBatches,

    /// <summary>Other tenants have their turn before it.</summary>
    BehindTenants,

    /// <summary>As many messages as may wait at the workers' queue do.</summary>
    RunwayFull,

    /// <summary>Nothing holds it back: it is dispatched in a moment.</summary>
    NextInLine,

    /// <summary>Its message waits for a worker.</summary>
    AtWorkerQueue,

    /// <summary>A worker has it.</summary>
    Running,

    /// <summary>It reached a terminal state.</summary>
    Finished,
}
