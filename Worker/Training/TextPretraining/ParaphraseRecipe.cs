using RenderFarm.Training.Scenes;

namespace RenderFarm.Training.TextPretraining;

/// <summary>How the bundled text encoder is taught that wordings are alike.</summary>
public sealed record ParaphraseRecipe
{
    /// <summary>Captions in the whole run.</summary>
    public long Samples { get; init; } = 100_000;

    public int BatchSize { get; init; } = 64;

    public double PeakLearningRate { get; init; } = 5e-4;

    /// <summary>The world that captions tell of. Default the first.</summary>
    public World World { get; init; }

    /// <summary>Share of captions that leave the background, the places or the sizes unsaid.</summary>
    public double LeaveOut { get; init; } = 0.1;
}
