using RenderFarm.Training.TextPretraining;
using TorchSharp;
using Xunit;
using static TorchSharp.torch;

namespace RenderFarm.Training.Tests.TextPretraining;

public sealed class StrangeWordsTests
{
    private const int Width = 6;

    private static readonly Tensor Known = cat([tensor(new float[] { 1, 3, -1, 2, 0, 2 }, [3, 2]), full(3, Width - 2, 7f)], 1); // they differ in two ways only

    [Fact]
    public void Put_MarkedWords_BecomeOthersThatDifferAsTheKnownOnesDo()
    {
        var (embedded, replaced) = (zeros(2, 40, Width), zeros(2, 40, dtype: ScalarType.Bool));
        replaced.narrow(1, 0, 30).fill_(true);
        using var generator = new Generator(1);

        var strange = StrangeWords.Put(embedded, Known, replaced, generator);

        Assert.Equal(0, strange.narrow(1, 30, 10).abs().max().item<float>());
        var words = strange.narrow(1, 0, 30).flatten(0, 1); // [60, D]
        Assert.True(words.narrow(1, 2, Width - 2).eq(7).all().item<bool>());
        Assert.Equal(60, words.unique(dim: 0).output.shape[0]);
        Assert.InRange(words[TensorIndex.Colon, 0].std().item<float>(), 0.3, 2); // the known ones' is 1
        Assert.InRange(words[TensorIndex.Colon, 0].mean().item<float>(), -0.4, 0.4); // theirs is 0
    }

    [Fact]
    public void Put_Gradient_GoesThroughTheWordsThatStayAlone()
    {
        var (embedded, known) = (zeros(1, 3, Width).requires_grad_(), Known.clone().requires_grad_());
        using var generator = new Generator(1);

        StrangeWords.Put(embedded, known, tensor([false, true, false]).unsqueeze(0), generator).sum().backward();

        Assert.Equal([1f, 0f, 1f], embedded.grad![0, TensorIndex.Colon, 0].data<float>().ToArray());
        Assert.Null(known.grad);
    }

    [Fact]
    public void Put_NothingMarkedAndNothingKnown_LeavesTheCaptions()
    {
        var embedded = rand(1, 3, Width);
        using var generator = new Generator(1);

        Assert.True(StrangeWords.Put(embedded, zeros(0, Width), zeros(1, 3, dtype: ScalarType.Bool), generator).Equals(embedded));
    }
}
