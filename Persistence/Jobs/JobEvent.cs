namespace RenderFarm.Persistence.Jobs;

/// <summary>What can happen to a job.</summary>
public enum JobEvent
{
    /// <summary>A worker takes a waiting job.</summary>
    Claim,

    /// <summary>A worker takes a job whose message came back because its former worker lost the broker.</summary>
    TakeOver,

    /// <summary>The worker that has the job says it is alive.</summary>
    Renew,

    /// <summary>The worker that has the job delivers its pictures.</summary>
    Commit,

    /// <summary>The job cannot be done, or was tried too often.</summary>
    Fail,

    /// <summary>An attempt failed or its worker went silent; another follows.</summary>
    Retry,

    /// <summary>The worker hands the job back untried.</summary>
    Release,

    /// <summary>The message of a waiting job was given up on its way to a worker; another follows.</summary>
    Return,

    /// <summary>The message of a waiting job was given up too often.</summary>
    GiveUp,

    /// <summary>Somebody no longer wants it.</summary>
    Cancel,

    /// <summary>It waited longer than it may.</summary>
    Expire,
}
