using RenderFarm.Training.Scenes;
using RenderFarm.Training.Scenes.Captions;
using Xunit;

namespace RenderFarm.Training.Tests.Scenes.Captions;

public sealed class OtherLooksTests
{
    [Theory]
    [InlineData(World.First, false)]
    [InlineData(World.Wide, false)]
    [InlineData(World.Wide, true)]
    public void Of_AnyScene_ChangesWhatItSaysAndNothingElse(World world, bool crowded)
    {
        var (scenes, random) = (new SceneSampler(world: world), new SceneRandom(5));
        var missing = 0;
        for (var i = 0; i < 500; i++)
        {
            var scene = crowded ? scenes.DrawCrowded(random) : scenes.Draw(random);
            List<Scene> told = [];

            var looks = OtherLooks.Of(scene, world, other => Keep(told, other), random);

            if (looks is null) missing++;
            else Check(scene, told);
        }
        Assert.InRange(missing, 0, 5);
    }

    /// <summary>What is written with the same choices has its words at the same places.</summary>
    [Fact]
    public void Of_WriterWithTheSameChoices_TellsTheSameInOtherWordsForShapesAndColours()
    {
        var scene = new Scene(Background.Gray, [new SceneObject(Shape.Star, Colour.Red, ObjectSize.Large, Place.TopLeft)]);

        var looks = OtherLooks.Of(scene, World.First, told => Tell(CanonicalCaption.Of(told).Text, told), new SceneRandom(7))!;

        Assert.Equal("a big red star in the top left on a gray background", looks.Own.Text);
        Assert.Matches("^a big red (?!star)[a-z]+ in the top left on a gray background$", looks.OtherShapes.Text);
        Assert.Matches("^a big (?!red )[a-z]+ star in the top left on a gray background$", looks.OtherColours.Text);
        var (shape, colour) = (looks.OtherShapes.Text.Split(' ')[3], looks.OtherColours.Text.Split(' ')[2]);
        Assert.Equal($"a big {colour} {shape} in the top left on a gray background", looks.OtherBoth.Text);
    }

    private static Caption Keep(List<Scene> told, Scene scene)
    {
        told.Add(scene);
        return Tell($"{told.Count}", scene);
    }

    private static Caption Tell(string text, Scene scene) => new(text, scene, SaysBackground: true, SaysPlaces: true, [.. scene.Objects.Select(_ => true)]);

    private static void Check(Scene scene, List<Scene> told)
    {
        Assert.Equal(4, told.Count);
        Assert.Equal(scene, told[0]);
        foreach (var other in told.Skip(1))
        {
            Assert.Equal((scene.Background, scene.Arrangement, scene.Objects.Length), (other.Background, other.Arrangement, other.Objects.Length));
            Assert.DoesNotContain(other.Objects, item => HeldOutPairs.Contains(item.Shape, item.Colour));
            Assert.All(other.Objects, item => Assert.True(Palette.IsVisible(item.Colour, scene.Background), item.ToString()));
        }
        for (var i = 0; i < scene.Objects.Length; i++)
        {
            var (own, shape, colour, both) = (scene.Objects[i], told[1].Objects[i], told[2].Objects[i], told[3].Objects[i]);
            Assert.Equal(own, shape with { Shape = own.Shape });
            Assert.Equal(own, colour with { Colour = own.Colour });
            Assert.Equal(own with { Shape = shape.Shape, Colour = colour.Colour }, both);
            Assert.NotEqual(own.Shape, shape.Shape);
            Assert.NotEqual(own.Colour, colour.Colour);
            for (var j = 0; j < i; j++)
            {
                if (scene.Objects[j].Shape == own.Shape) Assert.Equal(shape.Shape, told[1].Objects[j].Shape);
                if (scene.Objects[j].Colour == own.Colour) Assert.Equal(colour.Colour, told[2].Objects[j].Colour);
            }
        }
    }
}
