using RenderFarm.Training.Scenes;
using Xunit;

namespace RenderFarm.Training.Tests.Scenes;

public sealed class TrainingLabelsTests
{
    [Fact]
    public void OfNamedColours_ColourOfTheRichWorld_IsNotAskedForAndAllElseIs()
    {
        var labels = TrainingLabels.For(new Scene(Background.Gray,
        [
            new SceneObject(Shape.Star, Colour.Teal, ObjectSize.Large, Place.TopLeft),
            new SceneObject(Shape.Ring, Colour.White, ObjectSize.Small, Place.TopRight),
        ]));

        var named = labels.OfNamedColours();

        Assert.Equal(TrainingLabels.Ignored, named.Colours[(int)Place.TopLeft]);
        Assert.Equal((int)Colour.White, named.Colours[(int)Place.TopRight]);
        Assert.Equal(TrainingLabels.NoColour, named.Colours[(int)Place.Centre]);
        Assert.Equal(labels, named with { Colours = labels.Colours });
    }
}
