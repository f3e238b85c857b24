using RenderFarm.Diffusion.Layers;
using RenderFarm.Diffusion.Vision;
using RenderFarm.Training.Optimization;
using RenderFarm.Training.Progress;
using RenderFarm.Training.Scenes;
using RenderFarm.Training.Scenes.Captions;
using RenderFarm.Training.TextPretraining;
using TorchSharp;
using static TorchSharp.torch;

namespace RenderFarm.Training.ImagePretraining;

/// <summary>
/// Trains an image encoder on pictures alone, by the questions that the text encoder is asked: what stands at each place, in which colour, size and fill,
/// and what the background is. Frozen afterwards.
/// </summary>
internal sealed class ImagePretrainer(ImageRecipe recipe, Placement placement, ulong seed)
{
    /// <summary>Name of the run's files.</summary>
    public const string RunName = "image-encoder";

    private const int Examined = 1000;

    private readonly SceneRandom _root = new(seed);

    /// <summary>Share of labels named rightly, after training, in pictures that were not trained on and show held-out pairs.</summary>
    public double Accuracy { get; private set; }

    /// <summary>Trains <paramref name="encoder"/>, in place, until done or stopped.</summary>
    /// <param name="encoder">Initialised here unless <paramref name="keepValues"/>.</param>
    /// <param name="keepValues">Start from the encoder's present values; the questions asked of it start anew.</param>
    /// <param name="folder">Folder of checkpoint and loss curve.</param>
    /// <param name="report">Called every few seconds.</param>
    /// <param name="stop">Ends the sitting after the present step; the checkpoint is written.</param>
    /// <returns>True when the recipe's pictures are done.</returns>
    public bool Train(ClipVisionEncoder encoder, bool keepValues, string folder, Action<TrainingProgress>? report, CancellationToken stop)
    {
        using var generator = new Generator(seed);
        using var examples = new ImageExamples(recipe.World, SceneSplit.Seen, recipe.Side);
        using var probe = new TextProbe(recipe.Width, Questions.Topics, Questions.Classes, placement);
        if (!keepValues) Initializer.InitializeTransformer(encoder, recipe.Layers, generator);
        Questions.Initialize(probe, generator);
        var both = new ImageWithProbe(encoder, probe); // not disposed: the encoder is the caller's
        var steps = recipe.Samples / recipe.BatchSize;
        var options = new TrainingRunOptions
        {
            Folder = folder, Name = RunName, BatchSize = recipe.BatchSize, TotalSteps = steps,
            LearningRate = new LearningRate(recipe.PeakLearningRate, steps / 20, steps),
            AverageDecay = 0.995,
            Fingerprint = $"{RunName}; strange looks and grounds; seed {seed}; {placement.Dtype}; {TrainingRunOptions.WithoutSamples(recipe, recipe.Samples)}",
        };
        var finished = new TrainingRun(options, both, step => Loss(both, examples, step)).Train(report, stop);
        Accuracy = Measure(both);
        return finished;
    }

    private Tensor Loss(ImageWithProbe both, ImageExamples examples, long step)
    {
        var (pixels, labels) = Placed(examples.Make(_root.Split((ulong)step), recipe.BatchSize));
        var logits = both.forward(pixels);
        return nn.functional.cross_entropy(logits.view(-1, Questions.Classes), labels.view(-1), ignore_index: TrainingLabels.Ignored);
    }

    private double Measure(ImageWithProbe both)
    {
        using var guard = no_grad();
        using var scope = NewDisposeScope();
        using var examples = new ImageExamples(recipe.World, SceneSplit.Unseen, recipe.Side);
        var (pixels, labels) = Placed(examples.Make(_root.Split(ulong.MaxValue), Examined));
        // Shape, colour, size and fill where something stands; that nothing stands elsewhere is easy to say, and so is the background.
        var occupied = labels.narrow(1, 0, TrainingLabels.Places).ne(TrainingLabels.NoShape).repeat(1, 4); // [B, 4 · places]
        var asked = cat([occupied, zeros(Examined, 1, ScalarType.Bool, labels.device)], 1);
        var right = both.forward(pixels).argmax(-1).eq(labels) & asked;
        return right.sum().item<long>() / (double)asked.sum().item<long>();
    }

    private (Tensor Pixels, Tensor Answers) Placed((Tensor Pixels, Tensor Answers) batch) => (batch.Pixels.to(placement.Dtype, placement.Device), batch.Answers.to(placement.Device));
}
