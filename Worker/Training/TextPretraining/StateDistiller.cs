using RenderFarm.Diffusion.Layers;
using RenderFarm.Diffusion.Text;
using RenderFarm.Training.DiffusionTraining;
using RenderFarm.Training.Progress;
using RenderFarm.Training.Scenes;
using RenderFarm.Training.Scenes.Captions;
using TorchSharp;
using static TorchSharp.torch;

namespace RenderFarm.Training.TextPretraining;

/// <summary>
/// Trains a text encoder to give every word the state that an earlier one gives it (self-distillation, Furlanello et al. 2018), although words of colours or of shapes beside it are strange
/// (<see cref="StrangeWords"/>), and to give strange words of shapes states that are the same whatever the colour, and those of colours whatever the shape. Where couples of captions taught an encoder
/// that a shape's state says nothing of its colour (<see cref="StateInvariance"/>), they taught it for the pairs that training shows; a strange word is any colour. The states are otherwise kept, so that
/// stages trained on the earlier encoder's stay good.
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

    private const double Strange = 0.6; // share of the words of a couple's kind
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
        var options = recipe.Run(folder, RunName, $"{RunName}; seed {seed}; {placement.Dtype}; states of {earlierSha256}; {TrainingRunOptions.WithoutSamples(recipe, recipe.Samples)}");
        var finished = new TrainingRun(options, encoder, step => Loss(encoder, step)).Train(report, stop);
        Entanglement = Measure(encoder);
        return finished;
    }

    private Tensor Loss(T5Encoder encoder, long step)
    {
        var random = _root.Split((ulong)step);
        using var generator = new Generator(random.NextBits());
        var couples = Enumerable.Range(0, recipe.Couples).Select(_ => StrangeCouple.Draw(() => TextExamples.Tell(recipe, _scenes, random), tokenizer, random)).ToArray();
        var (ids, mask) = tokenizer.Encode([.. couples.Select(couple => couple.Caption), .. couples.Select(couple => couple.Again)], DiffusionTrainer.ContextLength, placement.Device);
        Tensor wanted;
        using (no_grad()) wanted = earlier.forward(ids, mask).to(ScalarType.Float32);
        var all = encoder.Embed(ids);
        var (embedded, again) = (all.narrow(0, 0, couples.Length), all.narrow(0, couples.Length, couples.Length));
        var strange = zeros(embedded.shape[..2], dtype: ScalarType.Bool, device: placement.Device);
        foreach (var colours in (bool[])[true, false])
        {
            var kind = Mark(couples.Select(couple => couple.AreColours == colours ? couple.Strange : []));
            var replaced = kind & rand(kind.shape, generator: generator).lt(Strange).to(placement.Device);
            embedded = StrangeWords.Put(embedded, encoder.Embed(ids.narrow(0, 0, couples.Length).masked_select(kind).unique().output), replaced, generator);
            strange |= replaced;
        }
        again = where(strange.unsqueeze(-1), embedded, again); // the same strange words
        var states = encoder.Encode(cat([embedded, again]), mask).to(ScalarType.Float32);
        var scale = wanted.square().mean();
        var missed = (states - wanted).square().mean([-1]) / scale; // [2 N, L]
        var (looks, left) = (Mark(couples.Select(couple => couple.Looks)).repeat(2, 1), ~strange.repeat(2, 1));
        var differ = (states.narrow(0, 0, couples.Length) - states.narrow(0, couples.Length, couples.Length)).square().mean([-1]) / scale; // [N, L]
        // The few words of looks count as much as all the others, padding among them, which IF's networks attend to.
        return Mean(missed, looks & left) + Mean(missed, ~looks) + Mean(differ, strange);
    }

    private double Measure(T5Encoder encoder)
    {
        using var guard = no_grad();
        using var scope = NewDisposeScope();
        var (scenes, random) = (new SceneSampler(SceneSplit.Unseen, world: recipe.World), _root.Split(ulong.MaxValue));
        var told = Enumerable.Range(0, Measured).Select(_ => TextExamples.Tell(recipe, scenes, random)).Where(one => one.Looks?.StandAlike(tokenizer.Pieces) == true).ToList();
        var captions = told.Select(one => one.Caption.Text).ToList();
        var states = new CaptionStates(encoder, tokenizer, DiffusionTrainer.ContextLength);
        var (whole, mixed) = (states.Of(captions, new OtherLooks?[captions.Count]), states.Of(captions, [.. told.Select(one => one.Looks)]));
        var words = told.Select(one => LookWords.Of(one.Looks, tokenizer)).ToArray();
        var changes = (whole - mixed).to(ScalarType.Float32).square().mean([-1]) / whole.to(ScalarType.Float32).square().mean();
        return Mean(changes, Mark(words.Select(word => word.All))).item<float>();
    }

    /// <param name="places">Numbers of tokens, for each of B captions.</param>
    /// <returns>[B, L] bool</returns>
    private Tensor Mark(IEnumerable<int[]> places)
    {
        var marks = places.Select(row => Enumerable.Range(0, DiffusionTrainer.ContextLength).Select(place => row.Contains(place))).ToArray();
        return torch.tensor(marks.SelectMany(row => row).ToArray(), [marks.Length, DiffusionTrainer.ContextLength], device: placement.Device);
    }

    private static Tensor Mean(Tensor each, Tensor among) => (each * among).sum() / among.sum().clamp(min: 1);
}
