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
/// Trains a text encoder to give every word the state that an earlier one gives it (self-distillation, Furlanello et al. 2018), although words of colours and of shapes beside it are strange
/// (<see cref="StrangeWords"/>). Where couples of captions taught an encoder that a shape's state says nothing of its colour (<see cref="StateInvariance"/>), they taught it for the pairs that training
/// shows; a strange word is any colour. The states are otherwise kept, so that stages trained on the earlier encoder's stay good.
/// </summary>
/// <param name="recipe">What captions tell of; its samples and rate are this run's.</param>
/// <param name="earlier">Whose states are kept.</param>
/// <param name="earlierSha256">What identifies its weights.</param>
/// <param name="tokenizer">Both encoders' own.</param>
/// <param name="placement">Where both are.</param>
/// <param name="seed">Seed of captions and strange words.</param>
internal sealed class StateDistiller(TextRecipe recipe, T5Encoder earlier, string earlierSha256, T5Tokenizer tokenizer, Placement placement, ulong seed)
{
    /// <summary>Name of the run's files.</summary>
    public const string RunName = "text-states";

    private const double Strange = 0.5; // share of words of colours and of shapes
    private const int Measured = 400; // captions

    private readonly SceneRandom _root = new(seed);
    private readonly SceneSampler _scenes = new(world: recipe.World);

    /// <summary>
    /// How much the states of a colour's and a shape's words of held-out pairs tell of each other, after training, in captions that were not trained on: the mean square of what changes when they are
    /// taken from captions of other pairs (<see cref="CaptionStates"/>), in parts of the states' mean square.
    /// </summary>
    public double Entanglement { get; private set; }

    /// <summary>Trains <paramref name="encoder"/>, in place, until done or stopped.</summary>
    /// <param name="encoder">Begins with its present values.</param>
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
            Fingerprint = $"{RunName}; seed {seed}; {placement.Dtype}; states of {earlierSha256}; {recipe}",
        };
        var finished = new TrainingRun(options, encoder, step => Loss(encoder, step)).Train(report, stop);
        Entanglement = Measure(encoder);
        return finished;
    }

    private Tensor Loss(T5Encoder encoder, long step)
    {
        var random = _root.Split((ulong)step);
        using var generator = new Generator(random.NextBits());
        var captions = new string[recipe.BatchSize];
        var words = new LookWords[recipe.BatchSize];
        for (var i = 0; i < captions.Length; i++)
        {
            var (caption, looks) = Tell(_scenes, random);
            (captions[i], words[i]) = (caption, LookWords.Of(looks, tokenizer));
        }
        var (ids, mask) = tokenizer.Encode(captions, DiffusionTrainer.ContextLength, placement.Device);
        Tensor wanted;
        using (no_grad()) wanted = earlier.forward(ids, mask).to(ScalarType.Float32);
        var embedded = encoder.Embed(ids);
        var (colours, shapes) = (Mark(words, word => word.Colours), Mark(words, word => word.Shapes));
        var strange = zeros_like(colours);
        foreach (var kind in (Tensor[])[colours, shapes])
        {
            var replaced = kind & rand(kind.shape, generator: generator).lt(Strange).to(placement.Device);
            embedded = StrangeWords.Put(embedded, encoder.Embed(ids.masked_select(kind).unique().output), replaced, generator);
            strange |= replaced;
        }
        var missed = (encoder.Encode(embedded, mask).to(ScalarType.Float32) - wanted).square().mean([-1]) / wanted.square().mean(); // [B, L]
        // The few words of looks count as much as all the others, padding among them, which IF's networks attend to.
        return Mean(missed, (colours | shapes) & ~strange) + Mean(missed, ~(colours | shapes));
    }

    private double Measure(T5Encoder encoder)
    {
        using var guard = no_grad();
        using var scope = NewDisposeScope();
        var (scenes, random) = (new SceneSampler(SceneSplit.Unseen, world: recipe.World), _root.Split(ulong.MaxValue));
        var told = Enumerable.Range(0, Measured).Select(_ => Tell(scenes, random)).Where(one => one.Looks?.StandAlike(tokenizer.Pieces) == true).ToList();
        var captions = told.Select(one => one.Caption).ToList();
        var states = new CaptionStates(encoder, tokenizer, DiffusionTrainer.ContextLength);
        var (whole, mixed) = (states.Of(captions, new OtherLooks?[captions.Count]), states.Of(captions, [.. told.Select(one => one.Looks)]));
        var words = told.Select(one => LookWords.Of(one.Looks, tokenizer)).ToArray();
        var changes = (whole - mixed).to(ScalarType.Float32).square().mean([-1]) / whole.to(ScalarType.Float32).square().mean();
        return Mean(changes, Mark(words, word => word.Colours) | Mark(words, word => word.Shapes)).item<float>();
    }

    private (string Caption, OtherLooks? Looks) Tell(SceneSampler scenes, SceneRandom random)
    {
        var (scene, placeFirst) = scenes.DrawToTell(random, recipe.HardCaptions);
        var words = random.NextBits();
        Caption Write(Scene told) => CaptionWriter.Write(told, random.Split(words), recipe.LeaveOut, placeFirst);
        return (Write(scene).Text, OtherLooks.Of(scene, recipe.World, Write, random));
    }

    /// <summary>[B, L] bool</summary>
    private Tensor Mark(LookWords[] captions, Func<LookWords, int[]> places)
    {
        var marks = new bool[captions.Length * DiffusionTrainer.ContextLength];
        foreach (var (row, words) in captions.Index())
        {
            foreach (var place in places(words).Where(place => place < DiffusionTrainer.ContextLength)) marks[row * DiffusionTrainer.ContextLength + place] = true;
        }
        return torch.tensor(marks, [captions.Length, DiffusionTrainer.ContextLength], device: placement.Device);
    }

    private static Tensor Mean(Tensor each, Tensor among) => (each * among).sum() / among.sum().clamp(min: 1);
}
