using RenderFarm.Training.Evaluation.Judging;
using RenderFarm.Training.Scenes;
using Xunit;

namespace RenderFarm.Training.Tests.Evaluation.Judging;

public sealed class SharpnessMeterTests
{
    [Fact]
    public void Measure_TruePictures_HasEdgesOfAPixelAndFlatAreas()
    {
        foreach (var (caption, pixels) in TestPictures.Draw(100, seed: 31))
        {
            var sharpness = Measure(pixels);
            Assert.True(sharpness.EdgeWidths.Count > 20, caption.Text);
            Assert.InRange(Percentiles.Of(sharpness.EdgeWidths, 0.5), 0.5, 1.5);
            Assert.InRange(Percentiles.Of(sharpness.EdgeWidths, 0.95), 0.5, 2);
            Assert.All(sharpness.FlatDeviations, deviation => Assert.InRange(deviation, 0, 0.01));
            Assert.True(sharpness.FlatDeviations.Count > caption.Scene.Objects.Count(item => item.Size == ObjectSize.Large));
        }
    }

    [Theory]
    [InlineData(1.0)]
    [InlineData(2.0)]
    [InlineData(3.0)]
    public void Measure_KnownBlur_FindsItsWidth(double sigma)
    {
        using var painter = new ScenePainter();
        // An antialiased edge is itself as wide as a box of one pixel: variance 1/12.
        var expected = 2.563 * Math.Sqrt((sigma * sigma) + (1.0 / 12));
        foreach (var shape in Enum.GetValues<Shape>())
        {
            var scene = new Scene(Background.White, [new SceneObject(shape, Colour.Blue, ObjectSize.Large, Place.Centre)]);
            var widths = Measure(TestPictures.Blur(painter.Paint(scene, 256), 256, sigma)).EdgeWidths;
            Assert.InRange(Percentiles.Of(widths, 0.5) / expected, 0.95, 1.08);
        }
    }

    [Theory]
    [InlineData(2.0)]
    [InlineData(6.0)]
    public void Measure_KnownNoise_FindsItsDeviation(double levels)
    {
        using var painter = new ScenePainter();
        var scene = new Scene(Background.Gray, [new SceneObject(Shape.Square, Colour.Brown, ObjectSize.Large, Place.Centre)]);
        var noisy = TestPictures.AddNoise(painter.Paint(scene, 256), levels, new SceneRandom(32));
        var deviations = Measure(noisy).FlatDeviations;
        Assert.Equal(2, deviations.Count);
        Assert.All(deviations, deviation => Assert.InRange(deviation / levels, 0.95, 1.05));
    }

    private static Sharpness Measure(byte[] pixels) => SharpnessMeter.Measure(Segmentation.Of(JudgedImage.From(new RgbPicture(256, pixels))));
}
