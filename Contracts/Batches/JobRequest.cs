namespace RenderFarm.Contracts.Batches;

/// <summary>One prompt to render: one line of JSON Lines, or one element of <see cref="BatchRequest.Jobs"/>.</summary>
public sealed record JobRequest
{
    /// <summary>The sender's own name for the job, unique within its batch; 1 to 128 characters. Default: "job-N", N the place in the batch from 1.</summary>
    public string? CustomId { get; init; }

    /// <summary>What the picture shows; 1 to 2,000 characters (Unicode scalar values). With <see cref="Reference"/> it may be left out.</summary>
    public string? Prompt { get; init; }

    /// <summary>What the picture must not show; at most 2,000 characters (Unicode scalar values).</summary>
    public string? NegativePrompt { get; init; }

    /// <summary>Seed of the picture's generator, 0 to 2^63-1. Default: drawn at random when the job is accepted.</summary>
    public long? Seed { get; init; }

    /// <summary>
    /// A picture to draw over instead of beginning with noise alone: the id or key that <c>POST /v1/pictures</c> answered, or a base64 data URI. What is
    /// drawn has its shape; its longer side is at most 4 times its shorter one.
    /// </summary>
    public string? Start { get; init; }

    /// <summary>With <see cref="Start"/>, given alike: a picture of its size, light where it is drawn anew and dark where it stays.</summary>
    public string? Mask { get; init; }

    /// <summary>
    /// A picture to look at, given as <see cref="Start"/> is: the prompt says what is to be different from it, and may be empty for what it shows.
    /// </summary>
    public string? Reference { get; init; }

    /// <summary>Settings by stage name.</summary>
    public IReadOnlyDictionary<string, StageSettings>? Stages { get; init; }

    /// <summary>Model by name. Default: the batch's, else the farm's default.</summary>
    public string? Model { get; init; }

    /// <summary>Higher goes first, -10 to 10. Default: the batch's, else 0.</summary>
    public int? Priority { get; init; }
}
