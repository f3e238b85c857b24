using RenderFarm.Diffusion.Text;
using RenderFarm.Training.DiffusionTraining;
using RenderFarm.Training.Evaluation.Judging;
using RenderFarm.Training.Scenes;
using RenderFarm.Training.Scenes.Captions;
using Xunit;

namespace RenderFarm.Training.Tests.DiffusionTraining;

public sealed class ColourBlendTests
{
    private readonly T5Tokenizer _tokenizer = BundledVocabulary.Load();

    [Theory]
    [InlineData(World.First, 300)]
    [InlineData(World.Wide, 150)]
    public void Of_ManyScenes_PaintsBetweenTwoColoursOfWhichNoneIsHeldOut(World world, int least)
    {
        var blends = Draw(world, 400).ToList();

        Assert.InRange(blends.Count, least, 400);
        var blended = 0;
        foreach (var (looks, blend) in blends)
        {
            var (objects, others) = (looks.Own.Scene.Objects, blend.Other.Scene.Objects);
            Assert.Equal(looks.OtherShapes.Scene.Objects.Select(item => item.Shape), others.Select(item => item.Shape));
            Assert.DoesNotContain(others, item => HeldOutPairs.Contains(item.Shape, item.Colour));
            Assert.Equal(objects.Select(item => item.Colour).ToHashSet(), blend.Paints.Keys.ToHashSet());
            foreach (var (item, other) in objects.Zip(others))
            {
                var paint = blend.Paints[item.Colour];
                Assert.InRange(FromPath(Palette.Of(item.Colour), Palette.Of(other.Colour), blend.Share, paint), 0, 0.5);
                Assert.True(Palette.IsVisible(paint, looks.Own.Scene.Ground));
                if (ReferenceColours.NearestObject(new Rgb(paint.Red, paint.Green, paint.Blue), World.Wide) is { } name) Assert.False(HeldOutPairs.Contains(item.Shape, name), $"{item}: {paint} is {name}");
                if (paint != Palette.Of(item.Colour)) blended++;
            }
        }

        Assert.InRange(blended, blends.Count / 2, int.MaxValue);
    }

    [Fact]
    public void Of_ManyScenes_OtherCaptionDiffersFromOtherShapesInWordsOfColoursAlone()
    {
        foreach (var (looks, blend) in Draw(World.Wide, 400))
        {
            var (own, colours, shapes, other) = (Pieces(looks.Own), Pieces(looks.OtherColours), Pieces(looks.OtherShapes), Pieces(blend.Other));
            Assert.Equal(shapes.Count, other.Count);
            Assert.All(Enumerable.Range(0, other.Count).Where(place => shapes[place] != other[place]), place => Assert.NotEqual(own[place], colours[place]));
        }
    }

    /// <summary>A pattern has a second tone, which goes with the colour's name.</summary>
    [Theory]
    [InlineData(nameof(Fill.Plain), true)]
    [InlineData(nameof(Fill.Outlined), true)]
    [InlineData(nameof(Fill.Striped), false)]
    [InlineData(nameof(Fill.Dotted), false)]
    public void Of_Fill_BlendsWhatHasOneTone(string fill, bool blends)
    {
        var random = new SceneRandom(3);
        var scene = new Scene(Background.Gray, [new SceneObject(Shape.Star, Colour.Red, ObjectSize.Large, Place.TopLeft, Enum.Parse<Fill>(fill))]);
        static Caption Write(Scene told) => new(CanonicalCaption.Of(told).Text, told, SaysBackground: true, SaysPlaces: true, [true]);
        var looks = Enumerable.Range(0, 20).Select(_ => OtherLooks.Of(scene, World.Wide, Write, random)).First(looks => looks?.StandAlike(_tokenizer.Pieces) == true)!;

        Assert.Equal(blends, ColourBlend.Of(looks, World.Wide, Write, _tokenizer.Pieces, random) is not null);
    }

    private IEnumerable<(OtherLooks Looks, ColourBlend Blend)> Draw(World world, int count)
    {
        var (scenes, random) = (new SceneSampler(world: world), new SceneRandom(5));
        for (var i = 0; i < count; i++)
        {
            var (scene, words) = (scenes.Draw(random), random.NextBits());
            Caption Write(Scene told) => CaptionWriter.Write(told, random.Split(words), 0.1);
            if (OtherLooks.Of(scene, world, Write, random) is { } looks && ColourBlend.Of(looks, world, Write, _tokenizer.Pieces, random) is { } blend) yield return (looks, blend);
        }
    }

    /// <summary>How far, in levels, a value is from the point between two that its share asks for.</summary>
    private static double FromPath((byte Red, byte Green, byte Blue) from, (byte Red, byte Green, byte Blue) to, double share, (byte Red, byte Green, byte Blue) value)
    {
        double Off(byte one, byte other, byte found) => Math.Abs(one + (share * (other - one)) - found);
        return Math.Max(Off(from.Red, to.Red, value.Red), Math.Max(Off(from.Green, to.Green, value.Green), Off(from.Blue, to.Blue, value.Blue)));
    }

    private IReadOnlyList<int> Pieces(Caption caption) => _tokenizer.Pieces(caption.Text);
}
