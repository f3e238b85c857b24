using RenderFarm.Diffusion.Weights;
using RenderFarm.Training.DiffusionTraining;
using RenderFarm.Training.FusionTraining;
using RenderFarm.Training.ModelFolders;
using TorchSharp;
using static TorchSharp.torch;

namespace RenderFarm.Training;

/// <summary>
/// The mean of what several runs learned, begun from the same weights: one network that is often better than each (Wortsman et al. 2022, "Model soups", and "Robust fine-tuning of zero-shot
/// models" for the mean with the weights from before).
/// </summary>
public static class ModelAverage
{
    private const double Rounding = 1e-3; // of shares such as 0.3333

    /// <summary>Parts whose weights may be averaged: those that no other part is trained on.</summary>
    public static IReadOnlyList<string> Parts { get; } = [FusionTrainer.RunName, .. DiffusionRecipe.All.Select(recipe => recipe.Name)];

    /// <summary>Writes into a model the sum of several models' weights of a part, each times its share; added in float64.</summary>
    /// <param name="part">One of <see cref="Parts"/>.</param>
    /// <param name="model">Folder of a model that has the part; it may be one of those that are averaged.</param>
    /// <param name="shares">Two model folders or more, and how much of each; together 1, but for rounding.</param>
    /// <exception cref="WeightsException">Weights that cannot be read. Nothing has been written then.</exception>
    /// <exception cref="TrainingException">Fewer than two, shares that are not above 0 and together 1, or weights that are missing or of other shapes. Nothing has been written then.</exception>
    public static void Write(string part, string model, IReadOnlyList<(string Model, double Share)> shares)
    {
        if (shares.Count < 2) throw new TrainingException($"{shares.Count} model{(shares.Count == 1 ? "" : "s")} to average; give two or more.");
        if (shares.FirstOrDefault(each => !(each.Share > 0)) is { Model: not null } none) throw new TrainingException(FormattableString.Invariant($"The share of {none.Model} is {none.Share}; expected is a number above 0."));
        if (shares.Sum(each => each.Share) is var sum && Math.Abs(sum - 1) > Rounding) throw new TrainingException(FormattableString.Invariant($"The shares are {sum} together; expected is 1."));
        using var scope = NewDisposeScope();
        using var gradients = no_grad();
        string file;
        List<KeyValuePair<string, Tensor>> mean;
        using (var own = Open(part, model))
        {
            file = own.Files.Count == 1 ? own.Files[0] : throw new TrainingException($"{own.Path} has its weights in {own.Files.Count} files; average into a model that has them in one, as training writes them.");
            mean = [.. own.Names.Select(name => KeyValuePair.Create(name, full(own.ShapeOf(name), -0.0, ScalarType.Float64)))]; // 0 would make 0 of -0
            foreach (var (other, share) in shares)
            {
                using var weights = Open(part, other);
                Demand(own, weights);
                foreach (var (name, tensor) in mean)
                {
                    using var values = weights.Read(name);
                    tensor.add_(values, share / sum);
                }
            }
            mean = [.. mean.Select(pair => KeyValuePair.Create(pair.Key, pair.Value.to(own.Entry(pair.Key).Dtype)))];
        }
        SafetensorsWriter.Write(file, mean);
    }

    private static WeightsFolder Open(string part, string model)
    {
        var folder = new ModelFolder(model).WeightsOf(part);
        return Directory.Exists(folder) ? WeightsFolder.Open(folder) : throw new TrainingException($"{model} has no trained {part}; name a model folder that has.");
    }

    private static void Demand(WeightsFolder own, WeightsFolder other)
    {
        var different = own.Names.Union(other.Names).FirstOrDefault(name => !own.Names.Contains(name) || !other.Names.Contains(name) || !own.ShapeOf(name).SequenceEqual(other.ShapeOf(name)));
        if (different is not null) throw new TrainingException($"{own.Path} and {other.Path} are networks of different shapes ('{different}' is not alike in both); average models of the same recipe.");
    }
}
