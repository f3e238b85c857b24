using RenderFarm.Training.Evaluation.Judging;
using RenderFarm.Training.Scenes;
using SkiaSharp;
using Xunit;

namespace RenderFarm.Training.Tests.Scenes;

public sealed class StrangeOutlinesTests
{
    [Fact]
    public void Draw_Many_AreNoShapesOfTheWideWorldToAJudge()
    {
        const int Count = 300, Side = 256;
        using var painter = new ScenePainter();
        var (random, pixels, found) = (new SceneRandom(5), new byte[Side * Side * 3], new List<Finding>());
        var scene = new Scene(Background.White, [new SceneObject(Shape.Diamond, Colour.Black, ObjectSize.Large, Place.Centre)]);
        for (var i = 0; i < Count; i++)
        {
            using var outline = StrangeOutlines.Draw(random);
            painter.PaintCrop(scene, Side, 0, 0, Side, pixels, outlines: new Dictionary<Shape, SKPath> { [Shape.Diamond] = outline });
            var image = JudgedImage.From(new RgbPicture(Side, [.. pixels]));
            var blob = Assert.Single(Segmentation.Of(image).Blobs);
            found.Add(Finding.Of(image, blob, World.Wide));
        }

        Assert.All(found, each => Assert.Null(each.Shape));
        Assert.InRange(found.Select(each => Math.Round(each.Overlap, 3)).Distinct().Count(), Count / 3, Count); // outlines are many
    }
}
