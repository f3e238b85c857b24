using System.Collections.Immutable;
using System.Globalization;
using System.Security.Cryptography;
using RenderFarm.Diffusion.Cascades;
using RenderFarm.Diffusion.Cascades.Requests;
using RenderFarm.Diffusion.Weights;
using RenderFarm.Training.DiffusionTraining;
using RenderFarm.Training.FusionTraining;
using RenderFarm.Training.ImagePretraining;
using RenderFarm.Training.Scenes;
using RenderFarm.Training.TextPretraining;
using TorchSharp;
using Xunit;
using static TorchSharp.torch;

namespace RenderFarm.Training.Tests;

public sealed class ModelTrainerTests : IDisposable
{
    private const int FewCaptions = 5000;

    private readonly string _folder = Directory.CreateTempSubdirectory("renderfarm-model").FullName;

    [Fact]
    public void Train_EveryPartForTwoSteps_MakesACascadeThatDrawsAndKnowsItsWords()
    {
        var trainer = Trainer("run");
        trainer.TrainVocabulary(captions: FewCaptions);
        trainer.TrainText(new TextRecipe { Samples = 16, BatchSize = 8 }, keepValues: false, null, CancellationToken.None);
        foreach (var recipe in DiffusionRecipe.All)
        {
            Assert.True(trainer.TrainStage(recipe with { Samples = 4, BatchSize = 2 }, keepValues: false, null, CancellationToken.None));
        }
        Assert.True(trainer.TrainImage(new ImageRecipe { Samples = 8, BatchSize = 4 }, keepValues: false, null, CancellationToken.None).Finished);
        Assert.True(trainer.TrainFusion(new FusionRecipe { Samples = 8, BatchSize = 4 }, keepValues: false, null, CancellationToken.None).Finished);
        Assert.Empty(Cascade.Inspect(Model).AllErrors);
        using var cascade = Cascade.Load(Model);
        var settings = Enumerable.Range(1, 3).ToDictionary(i => $"stage{i}", _ => new StageSettings { Steps = 1 });
        var result = cascade.Render([new RenderRequest { Prompt = "a huge red star in the top-left corner, purring", Seed = 1, Settings = settings }], cancellationToken: TestContext.Current.CancellationToken)[0];
        Assert.Equal((256, 256), (result.Picture!.Width, result.Picture.Height));
        Assert.Equal(["purring"], result.UnknownWords);
        KeepsItsCascade(trainer);
        Assert.True(cascade.Sees);
        var learned = File.ReadAllLines(Path.Combine(Model, "base", "fusion", "known_words.txt"));
        Assert.Contains("instead", learned);
        Assert.Contains("--continue", Assert.Throws<TrainingException>(() => Trainer("other-run").TrainFusion(new FusionRecipe(), keepValues: false, null, CancellationToken.None)).Message, StringComparison.Ordinal);
        var error = Assert.Throws<TrainingException>(() => Trainer("other-run").TrainStage(DiffusionRecipe.Base, keepValues: false, null, CancellationToken.None));
        Assert.Contains("--continue", error.Message, StringComparison.Ordinal);
    }

    /// <summary>Any run may be made shorter or longer in a later sitting: its checkpoint is not another run's.</summary>
    [Fact]
    public void Train_MoreSamplesInALaterSitting_IsTheSameRun()
    {
        var trainer = Trainer("run");
        trainer.TrainVocabulary(captions: FewCaptions);
        Assert.True(Text(16) && Image(16) && Fusion(16));
        Assert.True(Fusion(32) && Image(32) && Text(32)); // what was trained first counts for what comes after it

        bool Text(long samples) => trainer.TrainText(new TextRecipe { Samples = samples, BatchSize = 8 }, keepValues: false, null, CancellationToken.None).Finished;
        bool Image(long samples) => trainer.TrainImage(new ImageRecipe { Samples = samples, BatchSize = 4 }, keepValues: false, null, CancellationToken.None).Finished;
        bool Fusion(long samples) => trainer.TrainFusion(new FusionRecipe { Samples = samples, BatchSize = 4 }, keepValues: false, null, CancellationToken.None).Finished;
    }

    /// <summary>Training a part further leaves alone what its owner wrote into the cascade.</summary>
    private void KeepsItsCascade(ModelTrainer trainer)
    {
        var file = Path.Combine(Model, "cascade.json");
        var text = File.ReadAllText(file).Replace("\"shapes\"", "\"mine\"", StringComparison.Ordinal);
        File.WriteAllText(file, text);
        trainer.TrainStage(DiffusionRecipe.LastUpscaler with { Samples = 6, BatchSize = 2 }, keepValues: true, null, CancellationToken.None);
        Assert.Equal(text, File.ReadAllText(file));
    }

    [Fact]
    public void TrainVocabulary_OlderFiles_AreReplacedWhole()
    {
        var tokenizer = Directory.CreateDirectory(Path.Combine(Model, "base", "tokenizer")).FullName;
        WholeFile.DemandReplaced(tokenizer, ["spiece.model", "tokenizer_config.json"], () =>
            WholeFile.DemandReplaced(Model, ["known_words.txt"], () => Trainer("run").TrainVocabulary(captions: FewCaptions)));
    }

    [Fact]
    public void TrainVocabulary_ModelWithATextEncoder_IsRefused()
    {
        var trainer = Trainer("run");
        trainer.TrainVocabulary(captions: FewCaptions);
        trainer.TrainText(new TextRecipe { Samples = 16, BatchSize = 8 }, keepValues: false, null, CancellationToken.None);
        var words = File.ReadAllText(Path.Combine(Model, "known_words.txt"));

        var error = Assert.Throws<TrainingException>(() => trainer.TrainVocabulary(World.Wide));

        Assert.Contains("new --model", error.Message, StringComparison.Ordinal);
        Assert.Equal(words, File.ReadAllText(Path.Combine(Model, "known_words.txt")));
    }

    [Fact]
    public void TrainVocabulary_RunThatHasBegunATextEncoder_IsRefused()
    {
        var trainer = Trainer("run");
        trainer.TrainVocabulary(captions: FewCaptions);
        trainer.TrainText(new TextRecipe { Samples = 16, BatchSize = 8 }, keepValues: false, null, CancellationToken.None);
        File.Delete(Path.Combine(Model, "base", "text_encoder", "model.safetensors")); // as a killed run leaves it

        var error = Assert.Throws<TrainingException>(() => trainer.TrainVocabulary(World.Wide));

        Assert.Contains("another --run", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void TrainStage_AfterAnotherTextEncoderOrAtAnotherRate_IsRefusedUntilAFreshRunContinues()
    {
        var (text, stage) = (new TextRecipe { Samples = 16, BatchSize = 8 }, DiffusionRecipe.LastUpscaler with { Samples = 4, BatchSize = 2 });
        var trainer = Trainer("run");
        trainer.TrainVocabulary(captions: FewCaptions);
        trainer.TrainText(text, keepValues: false, null, CancellationToken.None);
        Assert.True(trainer.TrainStage(stage, keepValues: false, null, CancellationToken.None));
        Assert.True(trainer.TrainStage(stage, keepValues: false, null, CancellationToken.None));
        Trainer("text-again").TrainText(text, keepValues: true, null, CancellationToken.None);

        var error = Assert.Throws<TrainingException>(() => trainer.TrainStage(stage, keepValues: true, null, CancellationToken.None));

        Assert.Matches(@"belongs to another run \(text encoder [0-9a-f]{64}\), this one is text encoder [0-9a-f]{64}\.", error.Message);
        Assert.Contains("--continue", error.Message, StringComparison.Ordinal);
        Assert.True(Trainer("fresh").TrainStage(stage, keepValues: true, null, CancellationToken.None));
        var otherRate = Assert.Throws<TrainingException>(() => Trainer("fresh").TrainStage(stage with { PeakLearningRate = 1e-5 }, keepValues: true, null, CancellationToken.None));
        Assert.Contains(string.Create(CultureInfo.InvariantCulture, $"(highest rate {stage.PeakLearningRate}), this one is highest rate 1E-05"), otherRate.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void TrainText_WithAndWithoutInvariance_LearnsDifferently()
    {
        var text = new TextRecipe { Samples = 16, BatchSize = 8 };
        Trainer("run").TrainVocabulary(captions: FewCaptions);
        var runs = 0;
        string Learn(double weight)
        {
            Trainer($"run-{++runs}").TrainText(text with { Invariance = weight }, keepValues: false, null, CancellationToken.None);
            var file = Path.Combine(Model, "base", "text_encoder", "model.safetensors");
            var learned = Convert.ToHexString(SHA256.HashData(File.ReadAllBytes(file)));
            Directory.Delete(Path.GetDirectoryName(file)!, recursive: true);
            return learned;
        }

        var with = Learn(1);

        Assert.Equal(with, Learn(1));
        Assert.NotEqual(with, Learn(0));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(7)]
    public void TrainText_BatchThatIsNoNumberOfCouples_IsRefused(int size)
    {
        Trainer("run").TrainVocabulary(captions: FewCaptions);

        var error = Assert.Throws<TrainingException>(() => Trainer("run").TrainText(new TextRecipe { BatchSize = size }, keepValues: false, null, CancellationToken.None));

        Assert.Contains($"have {size};", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void TrainText_WeightsOfAnotherRun_AreNotOverwritten()
    {
        var text = new TextRecipe { Samples = 16, BatchSize = 8 };
        Trainer("run").TrainVocabulary(captions: FewCaptions);
        Trainer("run").TrainText(text, keepValues: false, null, CancellationToken.None);
        var folder = Path.Combine(Model, "base", "text_encoder");
        var before = Directory.GetFiles(folder).ToDictionary(file => file, File.GetLastWriteTimeUtc);

        var error = Assert.Throws<TrainingException>(() => Trainer("other-run").TrainText(text, keepValues: false, null, CancellationToken.None));

        Assert.Contains("--continue", error.Message, StringComparison.Ordinal);
        Assert.Equal(before, Directory.GetFiles(folder).ToDictionary(file => file, File.GetLastWriteTimeUtc));
        WholeFile.DemandReplaced(folder, ["config.json", "model.safetensors"], () => Trainer("run").TrainText(text, keepValues: false, null, CancellationToken.None));
    }

    [Fact]
    public void DistillText_StatesOfACopy_ChangesTheEncoderAlone()
    {
        var text = new TextRecipe { Samples = 16, BatchSize = 8 };
        Trainer("run").TrainVocabulary(captions: FewCaptions);
        Trainer("run").TrainText(text, keepValues: false, null, CancellationToken.None);
        var copy = CopyModel();
        var (before, file) = (Contents(), Path.Combine("base", "text_encoder", "model.safetensors"));

        var (finished, entanglement) = Trainer("further").DistillText(text, copy, null, CancellationToken.None);

        var after = Contents();
        Assert.True(finished);
        Assert.InRange(entanglement, 1e-6, 10); // sixteen captions make no encoder that keeps words apart
        Assert.NotEqual(before[file], after[file]);
        Assert.Equal(before.Remove(file), after.Remove(file));
        var error = Assert.Throws<TrainingException>(() => Trainer("further").TrainText(text, keepValues: true, null, CancellationToken.None));
        Assert.Contains("Give --states-of", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void DistillText_FolderWhoseStatesCannotBeKept_IsRefusedAndTheEncoderStays()
    {
        var text = new TextRecipe { Samples = 16, BatchSize = 8 };
        Trainer("run").TrainVocabulary(captions: FewCaptions);
        Trainer("run").TrainText(text, keepValues: false, null, CancellationToken.None);
        var (copy, before) = (CopyModel(), Contents());
        void Refuses(string expected, string statesOf) => Assert.Contains(
            expected, Assert.Throws<TrainingException>(() => Trainer("further").DistillText(text, statesOf, null, CancellationToken.None)).Message, StringComparison.Ordinal);

        Refuses("keep those of a copy of it", Model + "/.");
        Refuses("nothing has no text encoder", Path.Combine(_folder, "nothing"));
        File.AppendAllText(Path.Combine(copy, "base", "tokenizer", "spiece.model"), " ");
        Refuses("copy has another vocabulary", copy);
        File.Delete(Path.Combine(copy, "base", "tokenizer", "spiece.model"));
        Refuses("copy has no vocabulary", copy);
        var config = Path.Combine(copy, "base", "text_encoder", "config.json");
        File.Copy(Path.Combine(Model, "base", "tokenizer", "spiece.model"), Path.Combine(copy, "base", "tokenizer", "spiece.model"));
        File.WriteAllText(config, File.ReadAllText(config).Replace("\"d_model\": 192", "\"d_model\": 96", StringComparison.Ordinal));
        Refuses("copy has states of width 96, the model that is trained 192", copy);

        Assert.Equal(before, Contents());
    }

    [Fact]
    public void TrainStage_CheckpointOfAnotherRun_LeavesTheModelFolderAlone()
    {
        var stage = DiffusionRecipe.LastUpscaler with { Samples = 4, BatchSize = 2 };
        Trainer("run").TrainVocabulary(captions: FewCaptions);
        Trainer("run").TrainText(new TextRecipe { Samples = 16, BatchSize = 8 }, keepValues: false, null, CancellationToken.None);
        Directory.CreateDirectory(Path.Combine(_folder, "bad"));
        File.WriteAllText(Path.Combine(_folder, "bad", $"{stage.Name}.checkpoint.safetensors"), "no checkpoint");

        Assert.Throws<WeightsException>(() => Trainer("bad").TrainStage(stage, keepValues: false, null, CancellationToken.None));

        Assert.False(Directory.Exists(Path.Combine(Model, stage.Name)));
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private string Model => Path.Combine(_folder, "model");

    private ModelTrainer Trainer(string run) => new(Model, Path.Combine(_folder, run), 1, CPU, DtypeChoice.For(CPU));

    /// <summary>The hash of every file of the model.</summary>
    private ImmutableSortedDictionary<string, string> Contents() => Directory.GetFiles(Model, "*", SearchOption.AllDirectories)
        .ToImmutableSortedDictionary(file => Path.GetRelativePath(Model, file), file => Convert.ToHexString(SHA256.HashData(File.ReadAllBytes(file))));

    private string CopyModel()
    {
        var copy = Path.Combine(_folder, "copy");
        foreach (var file in Directory.GetFiles(Model, "*", SearchOption.AllDirectories))
        {
            var target = Path.Combine(copy, Path.GetRelativePath(Model, file));
            Directory.CreateDirectory(Path.GetDirectoryName(target)!);
            File.Copy(file, target);
        }
        return copy;
    }
}
