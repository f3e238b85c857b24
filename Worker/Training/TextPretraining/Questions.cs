using RenderFarm.Training.Optimization;
using RenderFarm.Training.Scenes;
using RenderFarm.Training.Scenes.Captions;
using TorchSharp;
using static TorchSharp.torch;

namespace RenderFarm.Training.TextPretraining;

/// <summary>What encoders of captions and of pictures are asked: shape, colour, size and fill at each place, then the background.</summary>
internal static class Questions
{
    /// <summary>Q.</summary>
    public const int Count = 4 * TrainingLabels.Places + 1;

    /// <summary>Classes of the question that has most.</summary>
    public const int Classes = TrainingLabels.NoColour + 1;

    /// <summary>The topic of each question: its place, or the background.</summary>
    public static IReadOnlyList<long> Topics { get; } = [.. Enumerable.Range(0, Count - 1).Select(q => (long)q % TrainingLabels.Places), TrainingLabels.Places];

    /// <summary>The right answers, in the order of the questions.</summary>
    public static IEnumerable<long> Answers(TrainingLabels labels) =>
        labels.Shapes.Concat(labels.Colours).Concat(labels.Sizes).Concat(labels.Fills).Append(labels.Background).Select(l => (long)l);

    /// <summary>Objects of which everything is known: shape, colour, size and fill.</summary>
    /// <param name="given">[B, Q]</param>
    /// <param name="right">[B, Q], with nothing <see cref="TrainingLabels.Ignored"/> where an object is.</param>
    /// <returns>How many, and of how many.</returns>
    public static (long Known, long All) ObjectsKnown(Tensor given, Tensor right)
    {
        using var scope = NewDisposeScope();
        var isObject = right.narrow(1, 0, TrainingLabels.Places).ne(TrainingLabels.NoShape);
        var known = given.eq(right).narrow(1, 0, Count - 1).view(right.shape[0], -1, TrainingLabels.Places).all(1);
        return ((known & isObject).sum().item<long>(), isObject.sum().item<long>());
    }

    /// <summary>First values of the network that asks them.</summary>
    public static void Initialize(TextProbe probe, Generator generator)
    {
        using var guard = no_grad();
        foreach (var (name, parameter) in probe.named_parameters())
        {
            using var scope = NewDisposeScope();
            if (name.EndsWith("bias", StringComparison.Ordinal)) parameter.zero_();
            else Initializer.Draw(parameter, generator, normal: name == "queries" ? 1 : Math.Pow(parameter.shape[^1] == Classes ? parameter.shape[1] : parameter.shape[^1], -0.5));
        }
    }
}
