using RenderFarm.Training.Evaluation.Judging;
using RenderFarm.Training.Scenes;
using RenderFarm.Training.Scenes.DomainRandomisation;
using SkiaSharp;
using Xunit;

namespace RenderFarm.Training.Tests.Scenes.DomainRandomisation;

public sealed class StrangeOutlinesTests
{
    [Theory]
    [InlineData(256, nameof(ObjectSize.Large), nameof(Fill.Plain))]
    [InlineData(256, nameof(ObjectSize.Large), nameof(Fill.Outlined))]
    [InlineData(64, nameof(ObjectSize.Small), nameof(Fill.Plain))] // as an image encoder sees it
    public void Draw_Many_AreNoShapesOfTheWideWorldToAJudge(int side, string size, string fill)
    {
        const int Count = 300;
        using var painter = new ScenePainter();
        var (random, pixels, found) = (new SceneRandom(5), new byte[side * side * 3], new List<Finding>());
        var scene = new Scene(Background.White, [new SceneObject(Shape.Diamond, Colour.Black, Enum.Parse<ObjectSize>(size), Place.Centre, Enum.Parse<Fill>(fill))]);
        for (var i = 0; i < Count; i++)
        {
            using var outline = StrangeOutlines.Draw(random);
            painter.PaintCrop(scene, side, 0, 0, side, pixels, outlines: new Dictionary<Shape, SKPath> { [Shape.Diamond] = outline });
            var image = JudgedImage.From(new RgbPicture(side, [.. pixels]));
            var blob = Assert.Single(Segmentation.Of(image).Blobs);
            found.Add(Finding.Of(image, blob, World.Wide));
        }

        Assert.All(found, each => Assert.Null(each.Shape));
        Assert.InRange(found.Select(each => Math.Round(each.Overlap, 3)).Distinct().Count(), Count / 3, Count); // outlines are many
    }
}
