using RenderFarm.Training.Optimization;
using RenderFarm.Training.Scenes;
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
