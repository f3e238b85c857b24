namespace RenderFarm.Api.Batches;

/// <summary>A batch as it comes in, whichever way.</summary>
internal sealed record Submission
{
    public required string Tenant { get; init; }

    /// <summary>By which it is recognised when it comes again; null where it cannot be.</summary>
    public string? Key { get; init; }

    /// <summary>What to call the key towards its sender.</summary>
    public required string KeyName { get; init; }

    /// <summary>The jobs' text.</summary>
    public required Stream Body { get; init; }

    /// <summary>Whether the body is one JSON object; else it is JSON Lines.</summary>
    public required bool IsDocument { get; init; }

    /// <summary>Model of jobs that name none.</summary>
    public string? Model { get; init; }

    /// <summary>Priority of jobs that name none.</summary>
    public int? Priority { get; init; }
}
