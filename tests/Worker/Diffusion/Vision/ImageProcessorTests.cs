using RenderFarm.Diffusion.Pictures;
using RenderFarm.Diffusion.Vision;
using RenderFarm.Diffusion.Weights;
using TorchSharp;
using Xunit;
using static TorchSharp.torch;

namespace RenderFarm.Diffusion.Tests.Vision;

public sealed class ImageProcessorTests : IDisposable
{
    private const string Good = """{"resample": 3, "size": {"shortest_edge": 4}, "crop_size": {"height": 4, "width": 4}, "image_mean": [0.5, 0.25, 0], "image_std": [0.5, 0.25, 2]}""";

    private readonly DisposeScope _scope = NewDisposeScope();
    private readonly TemporaryFolder _folder = new();

    public void Dispose()
    {
        _scope.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public void Prepare_LongPicture_TakesItsMiddleLessTheMeanOverTheDeviation()
    {
        // Black, but for its square middle.
        var rgb = new byte[16 * 8 * 3];
        for (var pixel = 0; pixel < 16 * 8; pixel++)
        {
            if (pixel % 16 is >= 4 and < 12) (rgb[pixel * 3], rgb[pixel * 3 + 1], rgb[pixel * 3 + 2]) = (255, 51, 102);
        }

        var pixels = Load(Good).Prepare(new Picture(16, 8, rgb));

        Assert.Equal([1, 3, 4, 4], pixels.shape);
        var expected = tensor(new[] { 1f, -0.2f, 0.2f }).view(1, 3, 1, 1).expand(1, 3, 4, 4);
        TensorAssert.Close(expected, pixels, 1e-6);
    }

    [Theory]
    [InlineData("\"resample\": 3", "\"resample\": 2", "resample = 2; supported is 3")]
    [InlineData("\"height\": 4", "\"height\": 5", "crop_size = 5 x 4")]
    [InlineData("[0.5, 0.25, 2]", "[0.5, 0, 2]", "three above 0 as image_std")]
    [InlineData("\"image_mean\"", "\"image_means\"", "image_mean")]
    public void Load_ValueThatIsNotSupported_NamesIt(string good, string bad, string expected) =>
        Assert.Contains(expected, Assert.Throws<WeightsException>(() => Load(Good.Replace(good, bad, StringComparison.Ordinal))).Message, StringComparison.Ordinal);

    private ImageProcessor Load(string json)
    {
        var path = _folder[ImageProcessor.FileName];
        File.WriteAllText(path, json);
        return ImageProcessor.Load(path);
    }
}
