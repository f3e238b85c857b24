using RenderFarm.Training.Scenes;

namespace RenderFarm.Training.FusionTraining;

/// <summary>How the bundled fusion of words and pictures is built and trained.</summary>
public sealed record FusionRecipe
{
    public int Layers { get; init; } = 3;

    public int Heads { get; init; } = 6;

    public int FeedForward { get; init; } = 512;

    /// <summary>Examples in the whole run.</summary>
    public long Samples { get; init; } = 120_000;

    public int BatchSize { get; init; } = 32;

    public double PeakLearningRate { get; init; } = 1e-3;

    /// <summary>Share of examples without words, whose target is the picture's own scene.</summary>
    public double PictureAlone { get; init; } = 0.3;

    /// <summary>Share of examples with words that are removals wherever the scene allows one; of the others a kind is drawn from all. Evaluation's most frequent failures were removals.</summary>
    public double Removals { get; init; } = 0.3;

    /// <summary>The world that pictures show. Default the first.</summary>
    public World World { get; init; }
}
