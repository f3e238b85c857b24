using RenderFarm.Training.Scenes;

namespace RenderFarm.Training.Evaluation;

/// <summary>What to measure. Equal plans ask for equal captions and seeds.</summary>
public sealed record EvaluationPlan
{
    /// <summary>What pictures are drawn from. Default captions.</summary>
    public EvaluationTask Task { get; init; }

    /// <summary>"seen", "unseen" or both, in the order of the report. Default both.</summary>
    public IReadOnlyList<string> Splits { get; init; } = ["seen", "unseen"];

    /// <summary>Captions of each split: colour-shape pairs seen in training, and held out of it. Default 200.</summary>
    public int Captions { get; init; } = 200;

    /// <summary>Where captions and the pictures' seeds come from. Default 1.</summary>
    public ulong Seed { get; init; } = 1;

    /// <summary>Most prompts given to the renderer at once. Default 8.</summary>
    public int BatchSize { get; init; } = 8;

    /// <summary>The world that captions tell of. Default the first.</summary>
    public World World { get; init; }

    /// <summary>Most objects of a scene that are told of one by one, not by relation or number, 1 to <see cref="LargestScene"/>; null, the default, for that.</summary>
    public int? MostObjects { get; init; }

    /// <summary>The most objects that a world's captions tell of one by one.</summary>
    public static int LargestScene(World world) => world.MostObjects();

    /// <summary>How likely a caption leaves out background, places and sizes; what is left out is not judged. Default 0.</summary>
    public double LeaveOut { get; init; }
}
