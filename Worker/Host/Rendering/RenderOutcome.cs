using RenderFarm.Contracts.Jobs;

namespace RenderFarm.Worker.Rendering;

/// <summary>What became of one work: pictures, or an error of its own.</summary>
public sealed record RenderOutcome
{
    /// <summary>The work's id.</summary>
    public required Guid Id { get; init; }
    public IReadOnlyList<PictureSource> Pictures { get; init; } = [];
    public IReadOnlyList<StageTiming> Timings { get; init; } = [];

    /// <summary>Words of the prompt that the model never learned.</summary>
    public IReadOnlyList<string> UnknownWords { get; init; } = [];

    /// <summary>What the picture was made with; the same as in its PNG text.</summary>
    public IReadOnlyDictionary<string, string> Provenance { get; init; } = new Dictionary<string, string>();

    /// <summary>Set where this work failed and the others of the call did not.</summary>
    public Exception? Error { get; init; }
}
