using RenderFarm.Training.ImagePretraining;
using RenderFarm.Training.Scenes;
using RenderFarm.Training.TextPretraining;
using Xunit;
using static TorchSharp.torch;

namespace RenderFarm.Training.Tests.ImagePretraining;

public sealed class ImageExamplesTests
{
    [Fact]
    public void Make_RichWorld_AsksForEveryShapeAndForColoursThatHaveWords()
    {
        const int Count = 300;
        using var scope = NewDisposeScope();
        using var examples = new ImageExamples(World.Rich, SceneSplit.Seen, side: 16);

        var (pixels, answers) = examples.Make(new SceneRandom(5), Count);

        Assert.Equal([Count, 3, 16, 16], pixels.shape);
        Assert.Equal([Count, Questions.Count], answers.shape);
        var (shapes, colours) = (Distinct(answers, 0), Distinct(answers, TrainingLabels.Places));
        Assert.Equal(Enumerable.Range(0, TrainingLabels.NoShape + 1).Select(shape => (long)shape), shapes);
        Assert.Equal([TrainingLabels.Ignored, .. Enum.GetValues<Colour>().Where(colour => World.Wide.Has(colour)).Select(colour => (long)colour), TrainingLabels.NoColour], colours);
    }

    private static IEnumerable<long> Distinct(Tensor answers, long from) => answers.narrow(1, from, TrainingLabels.Places).contiguous().data<long>().ToArray().Distinct().Order();
}
