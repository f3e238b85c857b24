namespace RenderFarm.Contracts.Jobs;

/// <summary>Why an attempt did not succeed.</summary>
public sealed record JobError
{
    /// <summary>"permanent" (not retried), "transient" (retried), "device", or "lease_expired" (the worker went silent).</summary>
    public required string Kind { get; init; }

    public required string Message { get; init; }
}
