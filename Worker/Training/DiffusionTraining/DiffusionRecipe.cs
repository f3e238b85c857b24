using RenderFarm.Training.Scenes;

namespace RenderFarm.Training.DiffusionTraining;

/// <summary>How one stage of the cascade is built and trained.</summary>
public sealed record DiffusionRecipe
{
    /// <summary>Name of the run's files.</summary>
    public required string Name { get; init; }

    /// <summary>Side of the finished picture in pixels.</summary>
    public required int Side { get; init; }

    /// <summary>Side of the picture that is made larger; null for a base model.</summary>
    public int? LowSide { get; init; }

    /// <summary>Side of the square that is trained on; the whole picture for a base model.</summary>
    public required int Crop { get; init; }

    /// <summary>Channels per level, from full resolution down.</summary>
    public required int[] Channels { get; init; }

    /// <summary>How many of the lowest levels attend to text and to themselves; the middle always attends to text.</summary>
    public required int AttentionLevels { get; init; }

    /// <summary>Groups of every group norm.</summary>
    public required int Groups { get; init; }

    /// <summary>Channels per attention head.</summary>
    public int HeadSize { get; init; } = 32;

    /// <summary>The world that scenes are of. Default the first.</summary>
    public World World { get; init; }

    /// <summary>Examples in the whole run.</summary>
    public required long Samples { get; init; }

    public int BatchSize { get; init; } = 16;

    public double PeakLearningRate { get; init; } = 6e-4;

    public double AverageDecay { get; init; } = 0.9985;

    /// <summary>Share of captions replaced by the empty one.</summary>
    public double CaptionDropout { get; init; } = 0.1;

    /// <summary>Share of captions whose states are mixed (<see cref="CaptionStates"/>).</summary>
    public double MixedStates { get; init; }

    /// <summary>Share of captions with mixed states whose objects have colours between two (<see cref="ColourBlend"/>).</summary>
    public double BlendedColours { get; init; }

    /// <summary>Share of examples that are hard on purpose: three objects or more, in half of the captions each told of after its place.</summary>
    public double HardCaptions { get; init; }

    /// <summary>Largest noise level of the low-resolution picture, of 1000; unused in a base model. Levels are drawn by <see cref="NoiseLevels"/>.</summary>
    public int LargestNoiseLevel { get; init; }

    /// <summary>Timesteps that are drawn more often than others.</summary>
    public required TimestepFocus Focus { get; init; }

    /// <summary>Sampler steps, guidance and noise level of the finished stage (cascade.json).</summary>
    public required int Steps { get; init; }

    public double Guidance { get; init; } = 1;

    public int NoiseLevel { get; init; }

    /// <summary>Most pictures that the finished stage draws together; null for as many as the others. Its maps then stay below 32 MB in float32, which the CPU's heap keeps.</summary>
    public int? LargestBatch { get; init; }

    /// <summary>32 px from text alone.</summary>
    public static DiffusionRecipe Base { get; } = new()
    {
        Name = "base", Side = 32, Crop = 32, Channels = [48, 96, 160, 192], AttentionLevels = 2, Groups = 16,
        Samples = 150_000, Focus = new TimestepFocus { NoisyShare = 0.2, Share = 0.5, LogSnr = 0.5 }, Steps = 20, Guidance = 2, MixedStates = 0.7,
    };

    /// <summary>32 to 128 px.</summary>
    public static DiffusionRecipe MiddleUpscaler { get; } = new()
    {
        Name = "upscaler-128", Side = 128, LowSide = 32, Crop = 64, Channels = [32, 64, 96], AttentionLevels = 0, Groups = 16,
        Samples = 60_000, LargestNoiseLevel = 400, Focus = new TimestepFocus { Share = 0.8 }, Steps = 4, NoiseLevel = 10, LargestBatch = 8,
    };

    /// <summary>128 to 256 px.</summary>
    public static DiffusionRecipe LastUpscaler { get; } = new()
    {
        Name = "upscaler-256", Side = 256, LowSide = 128, Crop = 64, Channels = [16, 32, 64], AttentionLevels = 0, Groups = 8,
        Samples = 60_000, LargestNoiseLevel = 400, Focus = new TimestepFocus { Share = 0.8 }, Steps = 8, NoiseLevel = 10, LargestBatch = 4,
    };

    /// <summary>The stages in their order.</summary>
    public static IReadOnlyList<DiffusionRecipe> All { get; } = [Base, MiddleUpscaler, LastUpscaler];
}
