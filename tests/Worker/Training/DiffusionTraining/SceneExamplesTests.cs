using RenderFarm.Diffusion.Text;
using RenderFarm.Training.DiffusionTraining;
using RenderFarm.Training.Scenes;
using RenderFarm.Training.Scenes.Captions;
using Xunit;

namespace RenderFarm.Training.Tests.DiffusionTraining;

public sealed class SceneExamplesTests
{
    private static readonly T5Tokenizer Tokenizer = BundledVocabulary.Load();
    private static readonly DiffusionRecipe WholePicture = DiffusionRecipe.MiddleUpscaler with { Crop = 128, BatchSize = 2 };

    [Fact]
    public void Make_SameStepTwice_GivesTheSameExamples()
    {
        using var one = new SceneExamples(DiffusionRecipe.MiddleUpscaler, 5, Tokenizer.Pieces);
        using var other = new SceneExamples(DiffusionRecipe.MiddleUpscaler, 5, Tokenizer.Pieces);
        _ = other.Make(1);
        var (a, b) = (one.Make(7), other.Make(7));
        Assert.Equal(a.Captions, b.Captions);
        Assert.Equal(a.Pixels, b.Pixels);
        Assert.Equal(a.LowResolution, b.LowResolution);
    }

    [Fact]
    public void Make_CropOfAPicture_IsThatPartOfBothPictures()
    {
        using var wholes = new SceneExamples(WholePicture, 5, Tokenizer.Pieces);
        using var crops = new SceneExamples(WholePicture with { Crop = 64, BatchSize = 2 }, 5, Tokenizer.Pieces);
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
        using var examples = new SceneExamples(DiffusionRecipe.Base with { BatchSize = 400, CaptionDropout = 0, MixedStates = 0, HardCaptions = share }, 5, Tokenizer.Pieces);
        var captions = examples.Make(1).Captions;
        var shapes = Enum.GetValues<Shape>().SelectMany(Words.Of).ToHashSet();
        var three = captions.Count(caption => caption.Replace("crescent moon", "moon", StringComparison.Ordinal).Split(' ', ',', '.').Count(shapes.Contains) == 3);
        Assert.InRange(three / (double)captions.Length, leastThree, mostThree);
        // The first place comes before the first shape, and some captions tell no places.
        var placeFirst = captions.Count(caption => First(caption, Enum.GetValues<Place>().SelectMany(Words.Of)) < First(caption, Enum.GetValues<Shape>().SelectMany(Words.Of)));
        Assert.InRange(placeFirst / (double)captions.Length, leastFirst, mostFirst);
    }

    [Fact]
    public void Make_BlendedColours_ArePaintedInBothPictures()
    {
        const int Area = 128 * 128;
        using var examples = new SceneExamples(WholePicture with { BatchSize = 40, CaptionDropout = 0, MixedStates = 1, BlendedColours = 1 }, 5, Tokenizer.Pieces);

        var made = examples.Make(2);

        Assert.InRange(made.Blends.Count(blend => blend is not null), 20, 40);
        for (var i = 0; i < made.Captions.Length; i++)
        {
            var (picture, low) = (made.Pixels.AsMemory(i * 3 * Area, 3 * Area), made.LowResolution!.AsMemory(i * 3 * Area, 3 * Area));
            var values = Enumerable.Range(0, Area).Select(at => (Level(picture, at), Level(picture, Area + at), Level(picture, (2 * Area) + at))).ToHashSet();
            Assert.Subset(values, made.Blends[i]?.Paints.Values.ToHashSet() ?? []);
            for (var channel = 0; channel < 3; channel++) AssertAgree(picture.Slice(channel * Area, Area).Span, low.Slice(channel * Area, Area).Span);
        }
    }

    /// <summary>Blends are asked for; mixed states alone bring none.</summary>
    [Fact]
    public void Make_NoBlends_GivesNone()
    {
        using var examples = new SceneExamples(DiffusionRecipe.Base with { MixedStates = 1 }, 5, Tokenizer.Pieces);

        Assert.All(examples.Make(2).Blends, Assert.Null);
    }

    private static byte Level(ReadOnlyMemory<float> planes, int at) => (byte)MathF.Round((planes.Span[at] + 1) * 127.5f);

    /// <summary>Where the picture is plain for two of the small picture's pixels around, the small one has that value.</summary>
    private static void AssertAgree(ReadOnlySpan<float> picture, ReadOnlySpan<float> low)
    {
        const int Side = 128;
        const int Reach = 8;
        for (var y = Reach; y < Side - Reach; y += 4)
        {
            for (var x = Reach; x < Side - Reach; x += 4)
            {
                var (value, plain) = (picture[(y * Side) + x], true);
                for (var row = y - Reach; row <= y + Reach && plain; row++)
                    plain = !picture.Slice((row * Side) + x - Reach, (2 * Reach) + 1).ContainsAnyExcept(value);
                if (plain) Assert.Equal(value, low[(y * Side) + x], 0.01f);
            }
        }
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
