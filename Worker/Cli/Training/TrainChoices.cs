using RenderFarm.Training.Scenes;
using static TorchSharp.torch;

namespace RenderFarm.Cli.Training;

/// <summary>What the user asked of a training run, checked.</summary>
internal sealed record TrainChoices
{
    /// <summary>Model folder to fill.</summary>
    public required string Model { get; init; }

    /// <summary>Folder of checkpoints and loss curves.</summary>
    public required string Run { get; init; }

    public required ulong Seed { get; init; }

    public required Device Device { get; init; }

    /// <summary>Float32 or BFloat16.</summary>
    public required ScalarType Dtype { get; init; }

    /// <summary>Examples in the whole run; null for the recipe's number.</summary>
    public long? Samples { get; init; }

    /// <summary>Highest learning rate; null for the recipe's.</summary>
    public double? Rate { get; init; }

    /// <summary>Share of a stage's timesteps from the noisiest end; null for the recipe's.</summary>
    public double? NoisyShare { get; init; }

    /// <summary>Share of a stage's captions whose states are mixed; null for the recipe's.</summary>
    public double? MixedStates { get; init; }

    /// <summary>Share of a stage's captions with mixed states whose colours are blended; null for the recipe's.</summary>
    public double? BlendedColours { get; init; }

    /// <summary>Share of a stage's examples that are hard on purpose; null for the recipe's.</summary>
    public double? HardCaptions { get; init; }

    /// <summary>Model folder whose text encoder's states are kept; null for none.</summary>
    public string? StatesOf { get; init; }

    /// <summary>The world to learn.</summary>
    public required World World { get; init; }

    /// <summary>Length of this sitting; null for as long as it takes.</summary>
    public TimeSpan? Sitting { get; init; }

    /// <summary>Begin with the model folder's weights where there is no checkpoint.</summary>
    public bool Continue { get; init; }
}
