using RenderFarm.Diffusion.Pictures;

namespace RenderFarm.Diffusion.Cascades.Requests;

/// <summary>What became of one request.</summary>
public sealed record RenderResult
{
    /// <summary>What was asked for.</summary>
    public required RenderRequest Request { get; init; }

    /// <summary>
    /// True if the request's own token was cancelled before its batch had left the last stage; <see cref="Stages"/> then holds those that were done.
    /// </summary>
    public required bool Canceled { get; init; }

    /// <summary>One per finished stage, in order; stages before a checkpoint that was resumed from are not among them.</summary>
    public required IReadOnlyList<StageResult> Stages { get; init; }

    /// <summary>Everything that determined the picture.</summary>
    public required Provenance Provenance { get; init; }

    /// <summary>
    /// Words of the prompt that the model says it never learned, in their order, each once; empty for a model that does not say.
    /// </summary>
    public required IReadOnlyList<string> UnknownWords { get; init; }

    /// <summary>The last stage's picture.</summary>
    /// <exception cref="InvalidOperationException">No stage was finished.</exception>
    public Picture Picture =>
        Stages.Count > 0 ? Stages[^1].Picture : throw new InvalidOperationException("The request was canceled before its first stage was done.");
}
