using RenderFarm.Training.Scenes;

namespace RenderFarm.Training.ImagePretraining;

/// <summary>How the bundled image encoder is built and trained.</summary>
public sealed record ImageRecipe
{
    /// <summary>Height and width of the pictures that it sees, in pixels.</summary>
    public int Side { get; init; } = 64;

    /// <summary>Height and width of a patch in pixels.</summary>
    public int Patch { get; init; } = 8;

    /// <summary>Width of the states.</summary>
    public int Width { get; init; } = 128;

    public int Layers { get; init; } = 4;

    public int Heads { get; init; } = 4;

    public int FeedForward { get; init; } = 512;

    /// <summary>Pictures in the whole run.</summary>
    public long Samples { get; init; } = 150_000;

    public int BatchSize { get; init; } = 64;

    public double PeakLearningRate { get; init; } = 1e-3;

    /// <summary>The world that pictures show. Default the first.</summary>
    public World World { get; init; }
}
