using RenderFarm.Diffusion.Cascades;
using RenderFarm.Training.DiffusionTraining;
using RenderFarm.Training.TextPretraining;
using TorchSharp;
using Xunit;
using static TorchSharp.torch;

namespace RenderFarm.Training.Tests;

public sealed class ModelTrainerTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("renderfarm-model").FullName;

    [Fact]
    public void Train_EveryPartForTwoSteps_MakesACascadeThatDrawsAndKnowsItsWords()
    {
        var trainer = Trainer("run");
        trainer.TrainVocabulary();
        trainer.TrainText(new TextRecipe { Samples = 16, BatchSize = 8 }, keepValues: false, null, CancellationToken.None);
        foreach (var recipe in DiffusionRecipe.All)
        {
            Assert.True(trainer.TrainStage(recipe with { Samples = 4, BatchSize = 2 }, keepValues: false, null, CancellationToken.None));
        }
        Assert.Empty(Cascade.Inspect(Model).AllErrors);
        using var cascade = Cascade.Load(Model);
        var settings = Enumerable.Range(1, 3).ToDictionary(i => $"stage{i}", _ => new StageSettings { Steps = 1 });
        var result = cascade.Render([new RenderRequest { Prompt = "a huge red star in the top-left corner, purring", Seed = 1, Settings = settings }], cancellationToken: TestContext.Current.CancellationToken)[0];
        Assert.Equal((256, 256), (result.Picture!.Width, result.Picture.Height));
        Assert.Equal(["purring"], result.UnknownWords);
        var error = Assert.Throws<TrainingException>(() => Trainer("other-run").TrainStage(DiffusionRecipe.Base, keepValues: false, null, CancellationToken.None));
        Assert.Contains("--continue", error.Message, StringComparison.Ordinal);
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private string Model => Path.Combine(_folder, "model");

    private ModelTrainer Trainer(string run) => new(Model, Path.Combine(_folder, run), 1, CPU, ScalarType.BFloat16);
}
