using RenderFarm.Training.Scenes;
using Xunit;

namespace RenderFarm.Training.Tests.Scenes;

public sealed class ScenePainterTests
{
    // A single pixel on an outline, of 255 levels: measured 21, which is a twelfth of a pixel of coverage.
    private const int WorstLevels = 24;

    /// <summary>Patterns have several times the edges of plain objects, and with them the error of the whole; single pixels err by 25 there.</summary>
    [Theory]
    [InlineData(32, World.First, WorstLevels, 1.5)]
    [InlineData(64, World.First, WorstLevels, 1.5)]
    [InlineData(128, World.First, WorstLevels, 1.5)]
    [InlineData(32, World.Wide, 28, 4)]
    [InlineData(64, World.Wide, 28, 4)]
    [InlineData(128, World.Wide, 28, 4)]
    [InlineData(32, World.Rich, 28, 4)]
    public void Paint_SmallerSides_AgreeWith256ByAreaAveraging(int side, World world, int worst, double deviation)
    {
        using var painter = new ScenePainter();
        var sampler = new SceneSampler(world: world);
        for (var i = 0UL; i < 200; i++)
        {
            var scene = sampler.Draw(new SceneRandom(3).Split(i));
            var expected = Average(painter.Paint(scene, 256), 256, 256 / side);
            var actual = painter.Paint(scene, side);
            var differences = actual.Zip(expected, (a, e) => Math.Abs(a - e)).ToArray();
            Assert.InRange(differences.Max(), 0, worst);
            Assert.InRange(Math.Sqrt(differences.Average(d => d * d)), 0, deviation);
        }
    }

    [Fact]
    public void PaintCrop_AnySquare_AgreesWithThatPartOfTheWhole()
    {
        using var painter = new ScenePainter();
        var sampler = new SceneSampler();
        var random = new SceneRandom(4);
        for (var i = 0; i < 200; i++)
        {
            var scene = sampler.Draw(random);
            var (x, y) = (random.Next(193), random.Next(193));
            var whole = painter.Paint(scene, 256);
            var crop = painter.PaintCrop(scene, 256, x, y, 64);
            for (var row = 0; row < 64; row++)
                for (var column = 0; column < 192; column++)
                    Assert.InRange(crop[(row * 192) + column] - whole[((((y + row) * 256) + x) * 3) + column], -WorstLevels, WorstLevels);
        }
    }

    [Fact]
    public void Paint_StrangeBackground_IsBehindTheObjects()
    {
        using var painter = new ScenePainter();
        var scene = new Scene(Background.Gray, [new SceneObject(Shape.Square, Colour.Red, ObjectSize.Large, Place.Centre)]) { StrangeGround = (1, 2, 3) };
        Assert.Equal([1, 2, 3], painter.Paint(scene, 64)[..3]);
    }

    [Fact]
    public void PaintCrop_OutsideThePicture_IsRefused()
    {
        using var painter = new ScenePainter();
        var scene = new SceneSampler().Draw(new SceneRandom(0));
        Assert.Throws<ArgumentException>(() => painter.PaintCrop(scene, 64, 40, 0, 32));
    }

    private static double[] Average(byte[] pixels, int side, int factor)
    {
        var small = side / factor;
        var sums = new double[small * small * 3];
        for (var y = 0; y < side; y++)
            for (var x = 0; x < side; x++)
                for (var c = 0; c < 3; c++)
                    sums[((((y / factor) * small) + (x / factor)) * 3) + c] += pixels[(((y * side) + x) * 3) + c];
        return [.. sums.Select(sum => sum / (factor * factor))];
    }
}
