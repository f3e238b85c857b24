using RenderFarm.Training.ImagePretraining;
using RenderFarm.Training.Scenes;
using RenderFarm.Training.Scenes.Captions;
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

    [Theory]
    [InlineData(nameof(SceneSplit.Seen), true)]
    [InlineData(nameof(SceneSplit.Unseen), false)]
    public void Make_OfEitherSplit_LeavesBackgroundsOpenForTrainingAlone(string split, bool areSomeOpen)
    {
        using var scope = NewDisposeScope();
        using var examples = new ImageExamples(World.Rich, Enum.Parse<SceneSplit>(split), side: 16);

        var backgrounds = examples.Make(new SceneRandom(5), 100).Answers[TensorIndex.Colon, -1].contiguous().data<long>().ToArray();

        Assert.Equal(areSomeOpen, backgrounds.Contains(TrainingLabels.Ignored));
        Assert.Contains((long)Background.Gray, backgrounds);
    }

    private static IEnumerable<long> Distinct(Tensor answers, long from) => answers.narrow(1, from, TrainingLabels.Places).contiguous().data<long>().ToArray().Distinct().Order();
}
