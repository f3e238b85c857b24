namespace RenderFarm.Contracts.Batches;

/// <summary>One thing wrong with a submission.</summary>
public sealed record InputError
{
    /// <summary>Line of a JSON Lines body, from 1; absent for one JSON object.</summary>
    public int? Line { get; init; }

    /// <summary>Path of the field, such as "stages.stage1.steps" or "jobs[3].prompt"; absent where the line as a whole is at fault.</summary>
    public string? Field { get; init; }
    public required string Message { get; init; }
}
