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

public sealed class StateDistillerTests : IDisposable
{
    private static readonly TextRecipe Small = new() { Width = 32, Layers = 1, Heads = 2, HeadSize = 16, FeedForward = 64, BatchSize = 16, Samples = 16 * 60, HardCaptions = 0 };

    private readonly TemporaryFolder _folder = new();
    private readonly T5Tokenizer _tokenizer = BundledVocabulary.Load();

    [Fact]
    public void Train_EncoderWhoseWordsTellOfEachOther_TellLessAndKeepTheRest()
    {
        using var earlier = Random();
        var before = Distill(earlier, rate: 1e-12, "before", out var same);
        var after = Distill(earlier, rate: 3e-3, "after", out var changed);

        Assert.InRange(after, 0, 0.75 * before);
        Assert.InRange(changed, 0, 0.1); // of the states' mean square
        Assert.InRange(same, 0, 1e-6);
    }

    public void Dispose() => _folder.Dispose();

    /// <returns>How much words of held-out pairs tell of each other.</returns>
    private double Distill(T5Encoder earlier, double rate, string run, out double changed)
    {
        using var encoder = Random();
        var distiller = new StateDistiller(Small with { PeakLearningRate = rate }, earlier, "sha", _tokenizer, Placement, seed: 5);
        Assert.True(distiller.Train(encoder, _folder.File(run), null, TestContext.Current.CancellationToken));
        using var guard = no_grad();
        var (ids, mask) = _tokenizer.Encode(["a big green star at the top left on white"], 20, CPU);
        var (kept, states) = (earlier.forward(ids, mask), encoder.forward(ids, mask));
        changed = ((kept - states).square().mean() / kept.square().mean()).item<float>();
        return distiller.Entanglement;
    }

    private static Placement Placement => new(CPU, ScalarType.Float32);

    private T5Encoder Random()
    {
        var encoder = ModelFolder.NewTextEncoder(Small, _tokenizer.VocabularySize, Placement);
        using var generator = new Generator(3);
        Initializer.InitializeT5(encoder, Small.Width, Small.HeadSize, Small.Heads, Small.FeedForward, generator);
        return encoder;
    }
}
