namespace RenderFarm.Contracts.Jobs;

/// <summary>One thing that holds a job back, or says where it is.</summary>
public sealed record JobReason
{
    public required JobReasonCode Code { get; init; }

    /// <summary>The same in words.</summary>
    public required string Message { get; init; }

    /// <summary>How many jobs, batches, tenants or messages are meant. Jobs are counted up to 1,000.</summary>
    public int? Count { get; init; }

    /// <summary>When the reason ends by itself, where that is known.</summary>
    public DateTimeOffset? Until { get; init; }
}
