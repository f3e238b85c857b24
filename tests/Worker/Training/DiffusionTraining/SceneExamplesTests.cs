using RenderFarm.Training.DiffusionTraining;
using RenderFarm.Training.Scenes;
using Xunit;

namespace RenderFarm.Training.Tests.DiffusionTraining;

public sealed class SceneExamplesTests
{
    private static readonly DiffusionRecipe WholePicture = DiffusionRecipe.MiddleUpscaler with { Crop = 128, BatchSize = 2 };

    [Fact]
    public void Make_SameStepTwice_GivesTheSameExamples()
    {
        using var one = new SceneExamples(DiffusionRecipe.MiddleUpscaler, 5);
        using var other = new SceneExamples(DiffusionRecipe.MiddleUpscaler, 5);
        _ = other.Make(1);
        var (a, b) = (one.Make(7), other.Make(7));
        Assert.Equal(a.Captions, b.Captions);
        Assert.Equal(a.Pixels, b.Pixels);
        Assert.Equal(a.LowResolution, b.LowResolution);
    }

    [Fact]
    public void Make_CropOfAPicture_IsThatPartOfBothPictures()
    {
        using var wholes = new SceneExamples(WholePicture, 5);
        using var crops = new SceneExamples(WholePicture with { Crop = 64, BatchSize = 2 }, 5);
        var (whole, crop) = (wholes.Make(3), crops.Make(3));
        // The first scene is drawn before the crop's corner, so it is the same in both.
        Assert.True(Contains(whole.Pixels, 128, crop.Pixels, 64, out var corner));
        Assert.True(Matches(whole.LowResolution!, 128, crop.LowResolution!, 64, corner));
    }

    [Theory]
    [InlineData(0, 0.12, 0.25, 0.2, 0.45)]
    [InlineData(0.5, 0.22, 0.42, 0.55, 0.8)]
    [InlineData(1, 0.38, 0.55, 1, 1)]
    public void Make_HardCaptions_TellOfThreeObjectsAndOfPlacesFirst(double share, double leastFirst, double mostFirst, double leastThree, double mostThree)
    {
        using var examples = new SceneExamples(DiffusionRecipe.Base with { BatchSize = 400, CaptionDropout = 0, MixedStates = 0, HardCaptions = share }, 5);
        var captions = examples.Make(1).Captions;
        var shapes = Enum.GetValues<Shape>().SelectMany(Words.Of).ToHashSet();
        var three = captions.Count(caption => caption.Replace("crescent moon", "moon", StringComparison.Ordinal).Split(' ', ',', '.').Count(shapes.Contains) == 3);
        Assert.InRange(three / (double)captions.Length, leastThree, mostThree);
        // The first place comes before the first shape, and some captions tell no places.
        var placeFirst = captions.Count(caption => First(caption, Enum.GetValues<Place>().SelectMany(Words.Of)) < First(caption, Enum.GetValues<Shape>().SelectMany(Words.Of)));
        Assert.InRange(placeFirst / (double)captions.Length, leastFirst, mostFirst);
    }

    private static int First(string caption, IEnumerable<string> words) =>
        words.Select(word => caption.IndexOf(word, StringComparison.Ordinal)).Where(at => at >= 0).DefaultIfEmpty(int.MaxValue).Min();

    private static bool Contains(float[] whole, int side, float[] crop, int part, out (int X, int Y) corner)
    {
        for (var y = 0; y <= side - part; y++)
        {
            for (var x = 0; x <= side - part; x++)
            {
                corner = (x, y);
                if (Matches(whole, side, crop, part, corner)) return true;
            }
        }
        corner = default;
        return false;
    }

    private static bool Matches(float[] whole, int side, float[] crop, int part, (int X, int Y) corner)
    {
        for (var c = 0; c < 3; c++)
        {
            for (var y = 0; y < part; y++)
            {
                for (var x = 0; x < part; x++)
                {
                    if (Math.Abs(whole[(c * side + corner.Y + y) * side + corner.X + x] - crop[(c * part + y) * part + x]) > 0.04f) return false;
                }
            }
        }
        return true;
    }
}
