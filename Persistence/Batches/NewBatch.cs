namespace RenderFarm.Persistence.Batches;

/// <summary>A validated batch on its way into the database.</summary>
public sealed record NewBatch
{
    public required string Tenant { get; init; }
    public string? IdempotencyKey { get; init; }

    /// <summary>SHA-256 of the request, lower-case hexadecimal; compared when the key comes again.</summary>
    public required string RequestSha256 { get; init; }

    /// <summary>W3C trace context of the submission; null where it is not traced.</summary>
    public string? TraceParent { get; init; }
    public required IReadOnlyList<NewJob> Jobs { get; init; }
}
