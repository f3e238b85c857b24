using RenderFarm.Diffusion.Layers;
using RenderFarm.Diffusion.Text;
using RenderFarm.Testing;
using RenderFarm.Training.ModelFolders;
using RenderFarm.Training.Optimization;
using RenderFarm.Training.TextPretraining;
using TorchSharp;
using Xunit;
using static TorchSharp.torch;

namespace RenderFarm.Training.Tests.TextPretraining;

public sealed class ParaphraseTrainerTests : IDisposable
{
    private static readonly TextRecipe Small = new() { Width = 32, Layers = 2, Heads = 2, HeadSize = 16, FeedForward = 64 };

    private readonly T5Tokenizer _tokenizer = T5Tokenizer.Load(Path.Combine(Repository.Root, "Worker", "Models", "shapes", "base", "tokenizer", "spiece.model"));
    private readonly string _folder = Directory.CreateTempSubdirectory("renderfarm-paraphrases").FullName;

    [Fact]
    public void Train_SomeCaptions_BringsWordingsNearerToTheCanonicalOneAndLeavesTheTeacher()
    {
        using var teacher = Encoder();
        using var before = teacher.parameters().First().clone();

        var (one, many) = (Deviation(teacher, steps: 1), Deviation(teacher, steps: 60));

        Assert.True(many < one * 0.6, $"{one} before, {many} after");
        Assert.True(teacher.parameters().First().equal(before).all().item<bool>());
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private double Deviation(T5Encoder teacher, int steps)
    {
        const int Batch = 16;
        using var encoder = Encoder();
        var trainer = new ParaphraseTrainer(new ParaphraseRecipe { Samples = steps * Batch, BatchSize = Batch, PeakLearningRate = steps == 1 ? 1e-9 : 5e-3 }, _tokenizer, teacher, "none", seed: 1);
        Assert.True(trainer.Train(encoder, Path.Combine(_folder, $"{steps}"), null, CancellationToken.None));
        return trainer.Deviation;
    }

    private T5Encoder Encoder()
    {
        using var generator = new Generator(3);
        var encoder = ModelFolder.NewTextEncoder(Small, _tokenizer.VocabularySize, Placement.Cpu);
        Initializer.InitializeT5(encoder, Small.Width, Small.HeadSize, Small.Heads, Small.FeedForward, generator);
        return encoder;
    }
}
