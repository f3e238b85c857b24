using RenderFarm.Training.Optimization;
using RenderFarm.Training.Scenes;

namespace RenderFarm.Training.TextPretraining;

/// <summary>How the bundled text encoder is built and trained.</summary>
public sealed record TextRecipe
{
    /// <summary>Width of the states.</summary>
    public int Width { get; init; } = 192;

    public int Layers { get; init; } = 3;

    public int Heads { get; init; } = 6;

    public int HeadSize { get; init; } = 32;

    public int FeedForward { get; init; } = 512;

    /// <summary>Captions in the whole run.</summary>
    public long Samples { get; init; } = 400_000;

    /// <summary>Captions of a step, in couples (<see cref="TextExamples"/>): an even number.</summary>
    public int BatchSize { get; init; } = 128;

    public double PeakLearningRate { get; init; } = 1.5e-3;

    /// <summary>The world that captions tell of. Default the first.</summary>
    public World World { get; init; }

    /// <summary>Share of captions that leave the background, the places or the sizes unsaid.</summary>
    public double LeaveOut { get; init; } = 0.15;

    /// <summary>Share of captions that are hard on purpose: three objects or more, in half of the captions each told of after its place.</summary>
    public double HardCaptions { get; init; } = 0.4;

    /// <summary>Weight of <see cref="StateInvariance"/> beside the questions' cross-entropy.</summary>
    public double Invariance { get; init; } = 1;

    /// <summary>Couples of captions of a step.</summary>
    /// <exception cref="TrainingException">They come to no whole number.</exception>
    internal int Couples => BatchSize >= 2 && BatchSize % 2 == 0
        ? BatchSize / 2 : throw new TrainingException($"Captions come in couples, so a batch cannot have {BatchSize}; give an even number from 2.");

    /// <summary>A run of this recipe.</summary>
    internal TrainingRunOptions Run(string folder, string name, string fingerprint)
    {
        var steps = Samples / (2 * Couples);
        return new TrainingRunOptions
        {
            Folder = folder, Name = name, BatchSize = BatchSize, TotalSteps = steps, Fingerprint = fingerprint,
            LearningRate = new LearningRate(PeakLearningRate, steps / 20, steps), AverageDecay = 0.995,
        };
    }
}
