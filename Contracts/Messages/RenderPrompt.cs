namespace RenderFarm.Contracts.Messages;

/// <summary>Command on a model's queue: claim this job and render it. The database says what it asks for, and whether it is still wanted.</summary>
public sealed record RenderPrompt
{
    public required Guid JobId { get; init; }
    public required string Model { get; init; }

    /// <summary>Jobs with equal values can share a forward pass.</summary>
    public required string Compatibility { get; init; }

    /// <summary>W3C trace context that the job's journey continues; absent where its submission was not traced.</summary>
    public string? TraceParent { get; init; }
}
