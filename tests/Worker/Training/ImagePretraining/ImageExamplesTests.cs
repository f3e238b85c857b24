using RenderFarm.Training.ImagePretraining;
using RenderFarm.Training.Scenes;
using RenderFarm.Training.TextPretraining;
using Xunit;
using static TorchSharp.torch;

namespace RenderFarm.Training.Tests.ImagePretraining;

public sealed class ImageExamplesTests
{
    [Fact]
    public void Make_RichWorld_AsksForShapesAndColoursThatHaveWords()
    {
        const int Count = 300;
        using var scope = NewDisposeScope();
        using var examples = new ImageExamples(World.Rich, SceneSplit.Seen, side: 16);

        var (pixels, answers) = examples.Make(new SceneRandom(5), Count);

        Assert.Equal([Count, 3, 16, 16], pixels.shape);
        Assert.Equal([Count, Questions.Count], answers.shape);
        var (shapes, colours) = (Distinct(answers, 0), Distinct(answers, TrainingLabels.Places));
        Assert.Equal([TrainingLabels.Ignored, .. Enum.GetValues<Shape>().Where(shape => World.Wide.Has(shape)).Select(shape => (long)shape), TrainingLabels.NoShape], shapes);
        Assert.Equal([TrainingLabels.Ignored, .. Enum.GetValues<Colour>().Where(colour => World.Wide.Has(colour)).Select(colour => (long)colour), TrainingLabels.NoColour], colours);
    }

    private static IEnumerable<long> Distinct(Tensor answers, long from) => answers.narrow(1, from, TrainingLabels.Places).contiguous().data<long>().ToArray().Distinct().Order();
}
