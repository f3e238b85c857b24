using System.Globalization;
using RenderFarm.Diffusion.Fusion;
using RenderFarm.Diffusion.Text;
using RenderFarm.Diffusion.Vision;
using RenderFarm.Training.Optimization;
using RenderFarm.Training.Progress;
using RenderFarm.Training.Scenes;
using RenderFarm.Training.Scenes.Captions;
using RenderFarm.Training.Scenes.Edits;
using RenderFarm.Training.Vocabulary;
using TorchSharp;
using static TorchSharp.torch;

namespace RenderFarm.Training.FusionTraining;

/// <summary>
/// Teaches a fusion to write the caption of the scene that is wanted: of the reference picture's own, or of the one that an instruction makes of it.
/// Diffusion models that draw from captions so draw from pictures, too, and stay as they are.
/// </summary>
internal sealed class FusionTrainer(FusionRecipe recipe, T5Encoder text, T5Tokenizer tokenizer, ClipVisionEncoder image, int side, string encoders, ulong seed)
{
    /// <summary>Name of the run's files.</summary>
    public const string RunName = "fusion";

    private const int Examined = 400;

    private readonly SceneRandom _root = new(seed);
    private readonly KnownLooks _known = new(tokenizer);

    /// <summary>Share of objects, after training, of which every word is right, in wanted scenes of held-out pairs.</summary>
    public double Accuracy { get; private set; }

    /// <summary>Trains <paramref name="fusion"/>, in place, until done or stopped.</summary>
    /// <param name="fusion">Initialised here unless <paramref name="keepValues"/>.</param>
    /// <param name="keepValues">Start from the network's present values.</param>
    /// <param name="folder">Folder of checkpoint and loss curve.</param>
    /// <param name="report">Called every few seconds.</param>
    /// <param name="stop">Ends the sitting after the present step; the checkpoint is written.</param>
    /// <returns>True when the recipe's examples are done.</returns>
    public bool Train(FusionNetwork fusion, bool keepValues, string folder, Action<TrainingProgress>? report, CancellationToken stop)
    {
        using var generator = new Generator(seed);
        using var inputs = new FusionInputs(text, tokenizer, _known, image, side);
        if (!keepValues) Initializer.InitializeTransformer(fusion, recipe.Layers, generator);
        var examples = new FusionExamples(recipe, SceneSplit.Seen, _known);
        var steps = recipe.Samples / recipe.BatchSize;
        var options = new TrainingRunOptions
        {
            Folder = folder, Name = RunName, BatchSize = recipe.BatchSize, TotalSteps = steps,
            LearningRate = new LearningRate(recipe.PeakLearningRate, steps / 20, steps),
            AverageDecay = 0.995,
            Fingerprint = string.Create(CultureInfo.InvariantCulture, $"{RunName}; strange looks, grounds and words; seed {seed}; {encoders}; {TrainingRunOptions.WithoutSamples(recipe, recipe.Samples)}"),
        };
        var finished = new TrainingRun(options, fusion, step => Loss(fusion, inputs, examples.Make(_root.Split((ulong)step), recipe.BatchSize), step)).Train(report, stop);
        Accuracy = Measure(fusion, inputs);
        return finished;
    }

    private Tensor Loss(FusionNetwork fusion, FusionInputs inputs, IReadOnlyList<Edit> edits, long step)
    {
        var logits = Fuse(fusion, inputs, edits, _root.Split((ulong)step).Split(1)).flatten(0, 2); // [B · G · W, V]
        var wanted = Wanted(edits).flatten();
        var each = nn.functional.cross_entropy(logits, wanted, ignore_index: TrainingLabels.Ignored, reduction: nn.Reduction.None);
        // Most places of most slots hold no word. They count as much as those that do, all together.
        using var none = wanted.eq(T5Tokenizer.PaddingId);
        return each[none].mean() + each[wanted.gt(T5Tokenizer.PaddingId)].mean();
    }

    /// <summary>[B, G, W]</summary>
    private Tensor Wanted(IReadOnlyList<Edit> edits) => tensor(
        new FusionTargets(tokenizer, _known).Of([.. edits.Select(edit => edit.After)]), [edits.Count, CanonicalCaption.Slots, CanonicalCaption.LongestPart], device: text.parameters().First().device);

    /// <returns>Logits of words, [B, G, W, V].</returns>
    private static Tensor Fuse(FusionNetwork fusion, FusionInputs inputs, IReadOnlyList<Edit> edits, SceneRandom random)
    {
        var (words, mask, seen) = inputs.Of(edits, random);
        return fusion.forward(words, mask, seen);
    }

    private double Measure(FusionNetwork fusion, FusionInputs inputs)
    {
        using var guard = no_grad();
        using var scope = NewDisposeScope();
        var random = _root.Split(ulong.MaxValue);
        var edits = new FusionExamples(recipe, SceneSplit.Unseen, _known).Make(random, Examined);
        var wanted = Wanted(edits);
        var right = Fuse(fusion, inputs, edits, random).argmax(-1).eq(wanted).logical_or(wanted.eq(TrainingLabels.Ignored)).all(-1); // [B, G]
        var objects = wanted.ne(T5Tokenizer.PaddingId).any(-1);
        objects.narrow(1, CanonicalCaption.Slots - 1, 1).fill_(false); // the background's slot
        return (right & objects).sum().item<long>() / (double)objects.sum().item<long>();
    }
}
