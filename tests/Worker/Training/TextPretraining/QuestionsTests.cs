using RenderFarm.Training.Scenes;
using RenderFarm.Training.Scenes.Captions;
using RenderFarm.Training.TextPretraining;
using Xunit;
using static TorchSharp.torch;

namespace RenderFarm.Training.Tests.TextPretraining;

public sealed class QuestionsTests
{
    private static readonly Scene Two = new(Background.Gray,
    [
        new SceneObject(Shape.Star, Colour.Red, ObjectSize.Large, Place.TopLeft),
        new SceneObject(Shape.Ring, Colour.Blue, ObjectSize.Small, Place.BottomRight),
    ]);

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void ObjectsKnown_OneAnswerOfAnObjectWrong_CountsTheOtherAlone(int question)
    {
        var right = tensor([.. Questions.Answers(TrainingLabels.For(Two))], [1, Questions.Count]);
        var given = right.clone();
        Assert.Equal((2, 2), Questions.ObjectsKnown(given, right));

        given[0, question * TrainingLabels.Places + (int)Place.BottomRight].add_(1);

        Assert.Equal((1, 2), Questions.ObjectsKnown(given, right));
    }

    [Fact]
    public void ObjectsKnown_WrongWhereNothingStandsOrOfTheBackground_CountsNoObject()
    {
        var right = tensor([.. Questions.Answers(TrainingLabels.For(Two))], [1, Questions.Count]);
        var given = right.clone();

        given[0, (int)Place.TopRight].add_(1);
        given[0, Questions.Count - 1].add_(1);

        Assert.Equal((2, 2), Questions.ObjectsKnown(given, right));
    }
}
