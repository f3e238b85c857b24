using System.Globalization;
using RenderFarm.Diffusion.Text;
using RenderFarm.Training.DiffusionTraining;
using RenderFarm.Training.Optimization;
using RenderFarm.Training.Progress;
using RenderFarm.Training.Scenes;
using TorchSharp;
using static TorchSharp.torch;

namespace RenderFarm.Training.TextPretraining;

/// <summary>
/// Teaches a text encoder to give the words of every caption the states that it gave, before, those of the canonical wording (distillation, Hinton et al.
/// 2015), and to all words that say nothing the state of padding. Diffusion models that were trained with it so draw every wording as well as the one that
/// they draw best. Captions that have no canonical wording keep their states.
/// </summary>
internal sealed class ParaphraseTrainer(ParaphraseRecipe recipe, T5Tokenizer tokenizer, T5Encoder teacher, string teacherSha256, ulong seed)
{
    /// <summary>Name of the run's files.</summary>
    public const string RunName = "paraphrases";

    private const int Examined = 400;

    /// <summary>States of padding are much alike, so most steps see few of them; some see the whole context, as diffusion models do.</summary>
    private const int PaddingSeen = 6, WholeContextEvery = 4;

    private readonly SceneRandom _root = new(seed);
    private readonly SceneSampler _scenes = new(world: recipe.World);
    private readonly CaptionAlignment _alignment = new(tokenizer);

    /// <summary>Mean square difference between states and those wanted, after training, over their variance: for captions of held-out pairs.</summary>
    public double Deviation { get; private set; }

    /// <summary>Trains <paramref name="encoder"/>, in place, until done or stopped.</summary>
    /// <param name="encoder">Begins as the teacher.</param>
    /// <param name="folder">Folder of checkpoint and loss curve.</param>
    /// <param name="report">Called every few seconds.</param>
    /// <param name="stop">Ends the sitting after the present step; the checkpoint is written.</param>
    /// <returns>True when the recipe's captions are done.</returns>
    public bool Train(T5Encoder encoder, string folder, Action<TrainingProgress>? report, CancellationToken stop)
    {
        var steps = recipe.Samples / recipe.BatchSize;
        var options = new TrainingRunOptions
        {
            Folder = folder, Name = RunName, BatchSize = recipe.BatchSize, TotalSteps = steps,
            LearningRate = new LearningRate(recipe.PeakLearningRate, steps / 20, steps),
            AverageDecay = 0.995,
            Fingerprint = string.Create(CultureInfo.InvariantCulture, $"{RunName}; seed {seed}; text encoder {teacherSha256}; {recipe}"),
        };
        var finished = new TrainingRun(options, encoder, step => Loss(encoder, _scenes, _root.Split((ulong)step), recipe.BatchSize, step % WholeContextEvery == 0).Mean).Train(report, stop);
        using var guard = no_grad();
        using var scope = NewDisposeScope();
        var (mean, variance) = Loss(encoder, new SceneSampler(SceneSplit.Unseen, world: recipe.World), _root.Split(ulong.MaxValue), Examined, whole: true);
        Deviation = mean.item<float>() / variance.item<float>();
        return finished;
    }

    private (Tensor Mean, Tensor Variance) Loss(T5Encoder encoder, SceneSampler scenes, SceneRandom random, int count, bool whole)
    {
        var captions = Enumerable.Range(0, count).Select(_ => CaptionWriter.Write(scenes.Draw(random), random, recipe.LeaveOut)).ToArray();
        var device = encoder.parameters().First().device;
        var wordings = captions.Select(caption => caption is { SaysPlaces: true, Clauses.Length: > 0 } ? CanonicalCaption.Of(caption) : null).ToArray();
        var texts = captions.Zip(wordings).Select(pair => pair.Second?.Text ?? pair.First.Text).ToArray();
        var longest = captions.Select(caption => caption.Text).Concat(texts).Max(text => tokenizer.Pieces(text).Count) + 1;
        var length = whole ? DiffusionTrainer.ContextLength : Math.Min(longest + PaddingSeen, DiffusionTrainer.ContextLength);
        var (ids, mask) = tokenizer.Encode([.. captions.Select(caption => caption.Text)], length, device);
        Tensor wanted, variance;
        using (no_grad())
        {
            wanted = Wanted(captions, wordings, texts, length, device);
            variance = wanted.var([0, 1], unbiased: false).mean();
        }
        return (nn.functional.mse_loss(encoder.forward(ids, mask), wanted), variance);
    }

    /// <summary>[B, L, D]</summary>
    private Tensor Wanted(Caption[] captions, CanonicalCaption?[] wordings, string[] texts, int length, Device device)
    {
        using var scope = NewDisposeScope();
        var (ids, mask) = tokenizer.Encode(texts, length, device);
        var states = teacher.forward(ids, mask).to(ScalarType.Float32);
        var sources = new long[captions.Length * length];
        foreach (var (row, (caption, wording)) in captions.Zip(wordings).Index())
        {
            var places = sources.AsSpan(row * length, length);
            if (wording is null)
            {
                for (var token = 0; token < length; token++) places[token] = row * length + token;
                continue;
            }
            places.Fill(row * length + length - 1); // padding
            foreach (var (here, there) in _alignment.Of(caption, wording)) places[here] = row * length + there;
        }
        return states.flatten(0, 1).index_select(0, tensor(sources, device: device)).view(captions.Length, length, -1).MoveToOuterDisposeScope();
    }
}
