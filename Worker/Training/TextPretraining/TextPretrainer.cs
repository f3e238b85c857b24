using RenderFarm.Diffusion.Layers;
using RenderFarm.Diffusion.Text;
using RenderFarm.Training.DiffusionTraining;
using RenderFarm.Training.Optimization;
using RenderFarm.Training.Progress;
using RenderFarm.Training.Scenes;
using RenderFarm.Training.Scenes.Captions;
using TorchSharp;
using static TorchSharp.torch;

namespace RenderFarm.Training.TextPretraining;

/// <summary>
/// Trains a text encoder on captions alone: asked what stands at each place, it must name shape, colour, size and fill, and the background; and what it makes of a word must not
/// change with the looks that other words tell of (<see cref="StateInvariance"/>). Frozen afterwards, as Imagen's is. Without it, diffusion training ignores words for hours.
/// </summary>
internal sealed class TextPretrainer(TextRecipe recipe, T5Tokenizer tokenizer, Placement placement, ulong seed)
{
    /// <summary>Name of the run's files.</summary>
    public const string RunName = "text-encoder";

    private const int MeasuredBatches = 4;
    private const int CaptionsMeasured = 125; // of each batch

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
        var options = recipe.Run(folder, RunName, $"{RunName}; seed {seed}; {placement.Dtype}; vocabulary of {tokenizer.VocabularySize}; {TrainingRunOptions.WithoutSamples(recipe, recipe.Samples)}");
        var finished = new TrainingRun(options, both, step => Loss(both, step)).Train(report, stop);
        Accuracy = Measure(both);
        return finished;
    }

    /// <summary>What was named rightly, after training, of captions that were not trained on and speak of held-out pairs.</summary>
    public TextAccuracy Accuracy { get; private set; } = new(0, 0);

    private TextAccuracy Measure(EncoderWithProbe both)
    {
        var scenes = new SceneSampler(SceneSplit.Unseen, world: recipe.World);
        return new TextAccuracy(
            Measure(both, random => CaptionWriter.Write(scenes.Draw(random), random)),
            Measure(both, random => CaptionWriter.Write(scenes.DrawCrowded(random), random, placeFirst: 1)));
    }

    private double Measure(EncoderWithProbe both, Func<SceneRandom, Caption> write)
    {
        using var guard = no_grad();
        var random = _root.Split(ulong.MaxValue);
        var (right, objects) = (0L, 0L);
        for (var batch = 0; batch < MeasuredBatches; batch++)
        {
            using var scope = NewDisposeScope();
            var (ids, mask, answers) = Ask([.. Enumerable.Range(0, CaptionsMeasured).Select(_ => write(random))]);
            var (known, all) = Questions.ObjectsKnown(both.forward(ids, mask).Logits.argmax(-1), answers);
            (right, objects) = (right + known, objects + all);
        }
        return right / (double)objects;
    }

    private Tensor Loss(EncoderWithProbe both, long step)
    {
        var examples = TextExamples.Draw(recipe, _scenes, tokenizer, recipe.Couples, _root.Split((ulong)step));
        var (ids, mask, answers) = Ask(examples.Captions);
        var (states, logits) = both.forward(ids, mask);
        var questions = nn.functional.cross_entropy(logits.view(-1, Questions.Classes), answers.view(-1), ignore_index: TrainingLabels.Ignored);
        return questions + recipe.Invariance * StateInvariance.Loss(states, ids, torch.tensor(examples.Alike).to(placement.Device));
    }

    private (Tensor Ids, Tensor Mask, Tensor Answers) Ask(Caption[] captions)
    {
        var (ids, mask) = tokenizer.Encode([.. captions.Select(c => c.Text)], DiffusionTrainer.ContextLength, placement.Device);
        var answers = captions.SelectMany(c => Questions.Answers(TrainingLabels.For(c))).ToArray();
        return (ids, mask, torch.tensor(answers, [captions.Length, Questions.Count]).to(placement.Device));
    }
}
