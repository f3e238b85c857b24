using System.Globalization;
using RenderFarm.Diffusion.Fusion;
using RenderFarm.Diffusion.Text;
using RenderFarm.Diffusion.Vision;
using RenderFarm.Training.ImagePretraining;
using RenderFarm.Training.Optimization;
using RenderFarm.Training.Progress;
using RenderFarm.Training.Scenes;
using TorchSharp;
using static TorchSharp.torch;

namespace RenderFarm.Training.FusionTraining;

/// <summary>
/// Teaches a fusion what the frozen text encoder says of the scene that is wanted (distillation, Hinton et al. 2015): of the reference picture's own, or of
/// the one that an instruction makes of it. Diffusion models that draw from the encoder's states so draw from the fusion's, and stay as they are.
/// </summary>
internal sealed class FusionTrainer(FusionRecipe recipe, T5Encoder text, T5Tokenizer tokenizer, ClipVisionEncoder image, int side, string encoders, ulong seed)
{
    /// <summary>Name of the run's files.</summary>
    public const string RunName = "fusion";

    private const double PaddingWeight = 0.3;
    private const int Examined = 400;

    private readonly SceneRandom _root = new(seed);

    /// <summary>Share of objects, after training, of which the states are nearest to those of an equal object, in wanted scenes of held-out pairs.</summary>
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
        using var pictures = new ScenePictures(side);
        if (!keepValues) Initializer.InitializeTransformer(fusion, recipe.Layers, generator);
        var examples = new FusionExamples(recipe, SceneSplit.Seen);
        var steps = recipe.Samples / recipe.BatchSize;
        var options = new TrainingRunOptions
        {
            Folder = folder, Name = RunName, BatchSize = recipe.BatchSize, TotalSteps = steps,
            LearningRate = new LearningRate(recipe.PeakLearningRate, steps / 20, steps),
            AverageDecay = 0.995,
            Fingerprint = string.Create(CultureInfo.InvariantCulture, $"{RunName}; seed {seed}; {encoders}; {recipe}"),
        };
        var finished = new TrainingRun(options, fusion, step => Loss(fusion, pictures, examples.Make(_root.Split((ulong)step), recipe.BatchSize), step)).Train(report, stop);
        Accuracy = Measure(fusion, pictures);
        return finished;
    }

    private Tensor Loss(FusionNetwork fusion, ScenePictures pictures, IReadOnlyList<Edit> edits, long step)
    {
        var wanted = FusionTargets.Of([.. edits.Select(edit => edit.After)], text, tokenizer);
        var fused = Fuse(fusion, pictures, edits, _root.Split((ulong)step).Split(1));
        var written = fused.States.flatten(0, 1).index_select(0, wanted.Places);
        var states = nn.functional.mse_loss(written, wanted.States);
        var padding = nn.functional.mse_loss(fused.Padding, wanted.Padding);
        var presence = nn.functional.binary_cross_entropy_with_logits(fused.Presence, wanted.Presence);
        return states + padding * PaddingWeight + presence;
    }

    private FusedStates Fuse(FusionNetwork fusion, ScenePictures pictures, IReadOnlyList<Edit> edits, SceneRandom random)
    {
        Tensor words, mask, seen;
        using (no_grad())
        {
            var length = edits.Max(edit => tokenizer.Pieces(edit.Instruction).Count) + 1;
            (var ids, mask) = tokenizer.Encode([.. edits.Select(edit => edit.Instruction)], length, text.parameters().First().device);
            words = text.forward(ids, mask).to(ScalarType.Float32);
            seen = image.NormalizedStates(pictures.Paint([.. edits.Select(edit => edit.Before)], random).to(words.device));
        }
        return fusion.forward(words, mask, seen);
    }

    private double Measure(FusionNetwork fusion, ScenePictures pictures)
    {
        using var guard = no_grad();
        using var scope = NewDisposeScope();
        var random = _root.Split(ulong.MaxValue);
        var edits = new FusionExamples(recipe, SceneSplit.Unseen).Make(random, Examined);
        var wanted = FusionTargets.Of([.. edits.Select(edit => edit.After)], text, tokenizer);
        using var fused = Fuse(fusion, pictures, edits, random);
        var width = fused.States.shape[2];
        var truth = zeros_like(fused.States).flatten(0, 1).index_copy_(0, wanted.Places, wanted.States).view(Examined, FusionTargets.PerScene, width);
        var written = fused.States * fused.Presence.gt(0).to(fused.States.dtype).unsqueeze(2);
        var (right, asked) = (0, 0);
        for (var place = 0; place < TrainingLabels.Places; place++)
        {
            var rows = Enumerable.Range(0, Examined).Where(row => ObjectAt(edits[row], place) is not null).ToArray();
            if (rows.Length == 0) continue;
            var index = tensor(rows.Select(row => (long)row).ToArray(), device: truth.device);
            Tensor Slot(Tensor all) => all.narrow(1, place * CanonicalCaption.LongestPart, CanonicalCaption.LongestPart).index_select(0, index).flatten(1);
            var nearest = cdist(Slot(written), Slot(truth)).argmin(1).cpu().data<long>().ToArray();
            asked += rows.Length;
            right += rows.Where((row, at) => ObjectAt(edits[row], place) == ObjectAt(edits[rows[nearest[at]]], place)).Count();
        }
        return right / (double)asked;
    }

    private static SceneObject? ObjectAt(Edit edit, int place) => edit.After.Objects.FirstOrDefault(item => (int)item.Place == place);
}
