using RenderFarm.Training.Scenes;
using RenderFarm.Training.Scenes.Captions;
using Xunit;

namespace RenderFarm.Training.Tests.Scenes.Captions;

public sealed class TrainingLabelsTests
{
    [Fact]
    public void For_SceneOnAStrangeBackground_LeavesTheBackgroundOpenAlone()
    {
        var scene = new Scene(Background.Gray, [new SceneObject(Shape.Star, Colour.Red, ObjectSize.Large, Place.TopLeft)]);

        var (plain, strange) = (TrainingLabels.For(scene), TrainingLabels.For(scene with { StrangeGround = (1, 2, 3) }));

        Assert.Equal(((int)Background.Gray, TrainingLabels.Ignored), (plain.Background, strange.Background));
        Assert.Equal<int>([.. plain.Shapes, .. plain.Colours, .. plain.Sizes, .. plain.Fills], [.. strange.Shapes, .. strange.Colours, .. strange.Sizes, .. strange.Fills]);
    }

    [Fact]
    public void OfNamedLooks_LooksOfTheRichWorld_AreNotAskedForAndAllElseIs()
    {
        var labels = TrainingLabels.For(new Scene(Background.Gray,
        [
            new SceneObject(Shape.Star, Colour.Teal, ObjectSize.Large, Place.TopLeft),
            new SceneObject(Shape.Ring, Colour.White, ObjectSize.Small, Place.TopRight),
            new SceneObject(Shape.Drop, Colour.Red, ObjectSize.Small, Place.BottomLeft),
        ]));

        var named = labels.OfNamedLooks();

        AssertAt(Place.TopLeft, (int)Shape.Star, TrainingLabels.Ignored, (int)Fill.Plain);
        AssertAt(Place.TopRight, (int)Shape.Ring, (int)Colour.White, (int)Fill.Plain);
        AssertAt(Place.BottomLeft, TrainingLabels.Ignored, (int)Colour.Red, TrainingLabels.Ignored); // an outline may have a hole
        AssertAt(Place.Centre, TrainingLabels.NoShape, TrainingLabels.NoColour, TrainingLabels.NoFill);
        Assert.Equal(labels, named with { Shapes = labels.Shapes, Colours = labels.Colours, Fills = labels.Fills });

        void AssertAt(Place place, int shape, int colour, int fill) => Assert.Equal((shape, colour, fill), (named.Shapes[(int)place], named.Colours[(int)place], named.Fills[(int)place]));
    }
}
