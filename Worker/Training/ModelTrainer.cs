using RenderFarm.Diffusion.Layers;
using RenderFarm.Diffusion.Networks;
using RenderFarm.Diffusion.Sampling;
using RenderFarm.Training.Checkpoints;
using RenderFarm.Training.DiffusionTraining;
using RenderFarm.Training.FusionTraining;
using RenderFarm.Training.ImagePretraining;
using RenderFarm.Training.ModelFolders;
using RenderFarm.Training.Progress;
using RenderFarm.Training.Scenes;
using RenderFarm.Training.Scenes.Captions;
using RenderFarm.Training.TextPretraining;
using RenderFarm.Training.Vocabulary;
using static TorchSharp.torch;

namespace RenderFarm.Training;

/// <summary>
/// Trains the bundled cascade, part by part, into a model folder: vocabulary, text encoder, then each stage; for reference pictures an image
/// encoder, which needs none of these, and a fusion, which needs both encoders. Every part resumes from its checkpoint in the run folder, and
/// leaves what it has learned so far in the model folder when it is stopped.
/// </summary>
public sealed class ModelTrainer
{
    private const string ModelName = "shapes";

    /// <summary>Captions whose words make a vocabulary: enough that every word of every world is among them.</summary>
    private const long VocabularyCaptions = 200_000;

    /// <summary>Examples whose instructions' words a fusion knows: enough that every word is among them.</summary>
    private const int InstructionExamples = 20_000;

    private static readonly NoiseSchedule Noise = new(new SchedulerConfig { Kind = SamplerKind.DpmSolver, BetaSchedule = BetaSchedule.SquaredCosine });
    private readonly ModelFolder _model;
    private readonly string _run;
    private readonly ulong _seed;
    private readonly Placement _placement;

    /// <param name="model">Folder of the model, made where it is missing.</param>
    /// <param name="run">Folder of checkpoints and loss curves.</param>
    /// <param name="seed">Seed of every random choice.</param>
    /// <param name="device">Where to train: CPU or a CUDA device.</param>
    /// <param name="dtype">Working dtype; float32 master copies are kept beside bfloat16.</param>
    public ModelTrainer(string model, string run, ulong seed, Device device, ScalarType dtype)
    {
        Directory.CreateDirectory(model);
        Directory.CreateDirectory(run);
        CpuHeap.Keep();
        (_model, _run, _seed, _placement) = (new ModelFolder(model), run, seed, new Placement(device, dtype));
    }

    /// <summary>Writes the SentencePiece vocabulary of the captions' words, and the list of words that the model will know.</summary>
    /// <param name="world">The world that the captions tell of.</param>
    /// <param name="captions">How many captions are read; 200,000 by default.</param>
    /// <exception cref="TrainingException">The model has a text encoder already, or the run has begun one.</exception>
    public void TrainVocabulary(World world = World.First, long captions = VocabularyCaptions)
    {
        if (_model.HasTextEncoder)
            throw new TrainingException("The model has a text encoder, whose rows are those of its present vocabulary. Train a vocabulary into a new --model, and the text encoder after it.");
        if (File.Exists(TrainingCheckpoint.PathIn(_run, TextPretrainer.RunName)))
            throw new TrainingException($"{_run} has begun a text encoder, whose rows are those of the model's present vocabulary. Go on with it, or use another --run and --model.");
        var random = new SceneRandom(_seed);
        var scenes = new[] { new SceneSampler(world: world), new SceneSampler(SceneSplit.Unseen, world: world) };
        var vocabulary = UnigramVocabulary.Build(Captions(scenes, captions, random));
        TokenizerFolder.Write(vocabulary, _model.TokenizerFolder, DiffusionTrainer.ContextLength);
        var words = vocabulary.Pieces.Where(p => p.Kind == PieceKind.Normal && p.Text.StartsWith(UnigramVocabulary.Space)).Select(p => p.Text[1..]).Where(w => w.Length > 0);
        TextFile.Write(_model.KnownWordsFile, string.Concat(words.Order(StringComparer.Ordinal).Select(word => word + "\n")));
    }

    /// <summary>Trains the text encoder on captions alone.</summary>
    /// <param name="recipe">Its sizes, and how it is trained.</param>
    /// <param name="keepValues">Begin with the weights in the model folder instead of random ones, where no checkpoint says otherwise.</param>
    /// <param name="report">Called every few seconds.</param>
    /// <param name="stop">Ends the sitting.</param>
    /// <returns>Whether it is finished, and what it then knows.</returns>
    public (bool Finished, TextAccuracy Accuracy) TrainText(TextRecipe recipe, bool keepValues, Action<TrainingProgress>? report, CancellationToken stop)
    {
        var tokenizer = _model.Tokenizer();
        if (_model.HasTextEncoder && !keepValues) DemandCheckpoint(TextPretrainer.RunName);
        if (File.Exists(TrainingCheckpoint.PathIn(_run, StateDistiller.RunName)))
            throw new TrainingException($"{_run} is a run that keeps another model's states. Give --states-of to go on with it, or use another --run.");
        using var encoder = keepValues ? _model.TextEncoder(_placement) : ModelFolder.NewTextEncoder(recipe, tokenizer.VocabularySize, _placement);
        var trainer = new TextPretrainer(recipe, tokenizer, _placement, _seed);
        var finished = trainer.Train(encoder, keepValues, _run, report, stop);
        _model.SaveTextEncoder(encoder, keepValues ? null : ModelConfigs.T5(recipe, tokenizer.VocabularySize));
        return (finished, trainer.Accuracy);
    }

    /// <summary>Trains the text encoder further so that words of shapes and colours say nothing of each other, and keeps its states else.</summary>
    /// <param name="recipe">What captions tell of, and how it is trained; its sizes are not used.</param>
    /// <param name="statesOf">Model folder with the text encoder, of the same vocabulary, whose states are kept.</param>
    /// <param name="report">Called every few seconds.</param>
    /// <param name="stop">Ends the sitting.</param>
    /// <returns>Whether it is finished, and how much words of held-out pairs then tell of each other, in parts of the states' mean square.</returns>
    /// <exception cref="TrainingException">There are no such states, or they would change.</exception>
    public (bool Finished, double Entanglement) DistillText(TextRecipe recipe, string statesOf, Action<TrainingProgress>? report, CancellationToken stop)
    {
        if (_model.Is(statesOf)) throw new TrainingException($"{statesOf} is the model that is trained, so its states change; keep those of a copy of it, made before.");
        var (tokenizer, kept) = (_model.Tokenizer(), new ModelFolder(statesOf));
        if (!kept.HasTextEncoder) throw new TrainingException($"{statesOf} has no text encoder whose states could be kept; name a copy of the model, made before.");
        if (!kept.HasTokenizer) throw new TrainingException($"{statesOf} has no vocabulary; name a copy of the whole model, made before.");
        if (kept.TextConfig.DModel != _model.TextConfig.DModel)
            throw new TrainingException($"{statesOf} has states of width {kept.TextConfig.DModel}, the model that is trained {_model.TextConfig.DModel}; name a copy of the model, made before.");
        if (kept.TokenizerSha256() != _model.TokenizerSha256()) throw new TrainingException($"{statesOf} has another vocabulary, whose words have other numbers; keep the states of a copy of the model, made before.");
        using var earlier = kept.TextEncoder(_placement);
        using var encoder = _model.TextEncoder(_placement);
        var distiller = new StateDistiller(recipe, earlier, kept.TextEncoderSha256(), tokenizer, _placement, _seed);
        var finished = distiller.Train(encoder, _run, report, stop);
        _model.SaveTextEncoder(encoder, null);
        return (finished, distiller.Entanglement);
    }

    /// <summary>Trains the image encoder on pictures alone.</summary>
    /// <param name="recipe">Its sizes, and how it is trained.</param>
    /// <param name="keepValues">Begin with the weights in the model folder instead of random ones, where no checkpoint says otherwise.</param>
    /// <param name="report">Called every few seconds.</param>
    /// <param name="stop">Ends the sitting.</param>
    /// <returns>Whether it is finished, and the share of questions about objects of held-out pairs that it answers rightly.</returns>
    public (bool Finished, double Accuracy) TrainImage(ImageRecipe recipe, bool keepValues, Action<TrainingProgress>? report, CancellationToken stop)
    {
        if (_model.HasImageEncoder && !keepValues) DemandCheckpoint(ImagePretrainer.RunName);
        using var encoder = keepValues ? _model.ImageEncoder(_placement) : ModelFolder.NewImageEncoder(recipe, _placement);
        var trainer = new ImagePretrainer(recipe, _placement, _seed);
        var finished = trainer.Train(encoder, keepValues, _run, report, stop);
        _model.SaveImageEncoder(encoder, keepValues ? null : recipe);
        return (finished, trainer.Accuracy);
    }

    /// <summary>Trains the fusion of words and pictures, with both encoders frozen.</summary>
    /// <param name="recipe">Its sizes, and how it is trained.</param>
    /// <param name="keepValues">Begin with the weights in the model folder instead of random ones, where no checkpoint says otherwise.</param>
    /// <param name="report">Called every few seconds.</param>
    /// <param name="stop">Ends the sitting.</param>
    /// <returns>Whether it is finished, and the share of objects of held-out pairs that its words say rightly.</returns>
    public (bool Finished, double Accuracy) TrainFusion(FusionRecipe recipe, bool keepValues, Action<TrainingProgress>? report, CancellationToken stop)
    {
        var full = _placement with { Dtype = ScalarType.Float32 };
        using var text = _model.TextEncoder(full);
        using var image = _model.ImageEncoder(full);
        if (_model.HasFusion && !keepValues) DemandCheckpoint(FusionTrainer.RunName);
        using var fusion = keepValues ? _model.Fusion(full) : _model.NewFusion(recipe, full);
        var encoders = $"text encoder {_model.TextEncoderSha256()}; image encoder {_model.ImageEncoderSha256()}";
        var trainer = new FusionTrainer(recipe, text, _model.Tokenizer(), image, (int)_model.ImageConfig.ImageSize, encoders, _seed);
        var finished = trainer.Train(fusion, keepValues, _run, report, stop);
        var words = new FusionExamples(recipe, SceneSplit.Seen, new KnownLooks(_model.Tokenizer())).WordsOf(new SceneRandom(_seed), InstructionExamples);
        _model.SaveFusion(fusion, keepValues ? null : recipe, words);
        return (finished, trainer.Accuracy);
    }

    /// <summary>Trains one stage.</summary>
    /// <param name="recipe">Which, and how.</param>
    /// <param name="keepValues">Begin with the weights in the model folder instead of random ones, where no checkpoint says otherwise.</param>
    /// <param name="report">Called every few seconds.</param>
    /// <param name="stop">Ends the sitting.</param>
    /// <returns>Whether it is finished.</returns>
    /// <exception cref="TrainingException">There are weights that would be overwritten.</exception>
    public bool TrainStage(DiffusionRecipe recipe, bool keepValues, Action<TrainingProgress>? report, CancellationToken stop)
    {
        using var encoder = _model.TextEncoder(_placement);
        var text = new TextRecipe();
        var (network, trained) = _model.UNet(recipe, text, _placement);
        using var disposed = network;
        if (trained && !keepValues) DemandCheckpoint(recipe.Name);
        var trainer = new DiffusionTrainer(recipe, encoder, _model.TextEncoderSha256(), _model.Tokenizer(), Noise, _seed);
        var finished = trainer.Train(network, keepValues && trained, _run, report, stop);
        _model.SaveStage(recipe, network, text, ModelName);
        return finished;
    }

    private static IEnumerable<string> Captions(SceneSampler[] scenes, long count, SceneRandom random)
    {
        for (var i = 0L; i < count; i++) yield return CaptionWriter.Write(scenes[i % scenes.Length].Draw(random), random, leaveOut: 0.15).Text;
    }

    // Weights that this run did not make are not overwritten by random ones.
    private void DemandCheckpoint(string part)
    {
        if (File.Exists(TrainingCheckpoint.PathIn(_run, part))) return;
        throw new TrainingException($"The model already has weights of {part}, and {_run} has no checkpoint of them. Use --continue to train them further, or another --model.");
    }
}
