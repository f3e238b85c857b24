using RenderFarm.Diffusion.Layers;
using RenderFarm.Diffusion.Text;
using RenderFarm.Training.DiffusionTraining;
using RenderFarm.Training.Optimization;
using RenderFarm.Training.Progress;
using RenderFarm.Training.Scenes;
using TorchSharp;
using static TorchSharp.torch;

namespace RenderFarm.Training.TextPretraining;

/// <summary>
/// Trains a text encoder on captions alone: asked what stands at each place, it must name shape, colour, size and fill, and the background.
/// Frozen afterwards, as Imagen's is. Without it, diffusion training ignores words for hours.
/// </summary>
internal sealed class TextPretrainer(TextRecipe recipe, T5Tokenizer tokenizer, Placement placement, ulong seed)
{
    /// <summary>Name of the run's files.</summary>
    public const string RunName = "text-encoder";

    private readonly SceneRandom _root = new(seed);
    private readonly SceneSampler _scenes = new(world: recipe.World);

    /// <summary>Trains <paramref name="encoder"/>, in place, until done or stopped.</summary>
    /// <param name="encoder">Initialised here unless <paramref name="keepValues"/>.</param>
    /// <param name="keepValues">Start from the encoder's present values; the questions asked of it start anew.</param>
    /// <param name="folder">Folder of checkpoint and loss curve.</param>
    /// <param name="report">Called every few seconds.</param>
    /// <param name="stop">Ends the sitting after the present step; the checkpoint is written.</param>
    /// <returns>True when the recipe's captions are done.</returns>
    public bool Train(T5Encoder encoder, bool keepValues, string folder, Action<TrainingProgress>? report, CancellationToken stop)
    {
        using var generator = new Generator(seed);
        using var probe = new TextProbe(recipe.Width, Questions.Topics, Questions.Classes, placement);
        if (!keepValues) Initializer.InitializeT5(encoder, recipe.Width, recipe.HeadSize, recipe.Heads, recipe.FeedForward, generator);
        Questions.Initialize(probe, generator);
        var both = new EncoderWithProbe(encoder, probe); // not disposed: the encoder is the caller's
        var steps = recipe.Samples / recipe.BatchSize;
        var options = new TrainingRunOptions
        {
            Folder = folder, Name = RunName, BatchSize = recipe.BatchSize, TotalSteps = steps,
            LearningRate = new LearningRate(recipe.PeakLearningRate, steps / 20, steps),
            AverageDecay = 0.995,
            Fingerprint = $"{RunName}; seed {seed}; {placement.Dtype}; vocabulary of {tokenizer.VocabularySize}; {recipe}",
        };
        var finished = new TrainingRun(options, both, step => Loss(both, step)).Train(report, stop);
        Accuracy = Measure(encoder, probe);
        return finished;
    }

    /// <summary>Share of labels named rightly, after training, on captions that were not trained on and speak of held-out pairs.</summary>
    public double Accuracy { get; private set; }

    private double Measure(T5Encoder encoder, TextProbe probe)
    {
        using var guard = no_grad();
        using var scope = NewDisposeScope();
        var (ids, mask, labels) = Batch(new SceneSampler(SceneSplit.Unseen, world: recipe.World), _root.Split(ulong.MaxValue), 1000);
        var named = probe.forward(encoder.forward(ids, mask)).argmax(-1);
        var asked = labels.ne(TrainingLabels.Ignored);
        return (named.eq(labels) & asked).sum().item<long>() / (double)asked.sum().item<long>();
    }

    private Tensor Loss(EncoderWithProbe both, long step)
    {
        var (ids, mask, labels) = Batch(_scenes, _root.Split((ulong)step), recipe.BatchSize);
        var logits = both.forward(ids, mask);
        return nn.functional.cross_entropy(logits.view(-1, Questions.Classes), labels.view(-1), ignore_index: TrainingLabels.Ignored);
    }

    private (Tensor Ids, Tensor Mask, Tensor Labels) Batch(SceneSampler scenes, SceneRandom random, int count)
    {
        var captions = Enumerable.Range(0, count).Select(_ => CaptionWriter.Write(scenes.Draw(random), random, recipe.LeaveOut)).ToArray();
        var (ids, mask) = tokenizer.Encode([.. captions.Select(c => c.Text)], DiffusionTrainer.ContextLength, placement.Device);
        var labels = captions.SelectMany(c => Questions.Answers(TrainingLabels.For(c))).ToArray();
        return (ids, mask, torch.tensor(labels, [count, Questions.Count]).to(placement.Device));
    }
}
