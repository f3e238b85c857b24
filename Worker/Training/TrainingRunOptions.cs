using RenderFarm.Training.Optimization;

namespace RenderFarm.Training;

/// <summary>What the training loop itself needs to know of a run.</summary>
internal sealed record TrainingRunOptions
{
    /// <summary>Folder of checkpoint, loss curve and plot.</summary>
    public required string Folder { get; init; }

    /// <summary>Stem of the files' names.</summary>
    public required string Name { get; init; }

    /// <summary>Examples a step.</summary>
    public required int BatchSize { get; init; }

    /// <summary>Steps of the whole run, earlier sittings included.</summary>
    public required long TotalSteps { get; init; }

    public required LearningRate LearningRate { get; init; }

    public AdamWOptions Optimizer { get; init; } = new();

    /// <summary>Largest decay of the parameters' moving average; it starts lower, so that the first values are forgotten.</summary>
    public double AverageDecay { get; init; } = 0.9985;

    public TimeSpan CheckpointInterval { get; init; } = TimeSpan.FromMinutes(3);

    /// <summary>What must be equal for a checkpoint to be continued: kind of model, its sizes, batch, seed, rate, text encoder; parted by "; ".</summary>
    public required string Fingerprint { get; init; }

    /// <summary>A recipe as part of a fingerprint: a run may be made shorter or longer in a later sitting.</summary>
    public static string WithoutSamples(object recipe, long samples) => $"{recipe}".Replace(FormattableString.Invariant($"Samples = {samples}, "), "", StringComparison.Ordinal);
}
