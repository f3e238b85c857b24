using System.Text.RegularExpressions;
using RenderFarm.Training.Scenes;
using RenderFarm.Training.Scenes.Captions;
using Xunit;

namespace RenderFarm.Training.Tests.Scenes.Captions;

public sealed partial class CaptionWriterTests
{
    private const int Many = 20_000;

    [Fact]
    public void Describe_AnyScene_NamesEveryAttributeOfEveryObject()
    {
        foreach (var (scene, random) in Draws())
        {
            var text = CaptionWriter.Describe(scene, random);
            Assert.Contains(Words.Of(scene.Background), word => Says(text, word));
            foreach (var item in scene.Objects)
            {
                Assert.Contains(Words.Of(item.Shape), word => Says(text, word));
                Assert.Contains(Words.Of(item.Colour), word => Says(text, word));
                Assert.Contains(Words.Of(item.Size), word => Says(text, word));
                Assert.Contains(Words.Of(item.Place), word => Says(text, word));
            }
        }
    }

    [Fact]
    public void Describe_AnyScene_StaysLowerCaseAndUnderSixtyWords()
    {
        foreach (var (scene, random) in Draws())
        {
            var text = CaptionWriter.Describe(scene, random);
            Assert.Equal(text.ToLowerInvariant(), text);
            Assert.DoesNotContain('{', text);
            Assert.InRange(Tokens().Count(text), 5, 60);
        }
    }

    /// <summary>Some wordings of five objects are longer than a model's context of 77 tokens; those are not taken.</summary>
    [Fact]
    public void Describe_FiveObjectsInManyWords_FitsTheContext()
    {
        var tokenizer = BundledVocabulary.Load();
        Place[] places = [Place.TopLeft, Place.TopRight, Place.Centre, Place.BottomLeft, Place.BottomRight];
        var scene = new Scene(Background.LightBlue, [.. places.Select(place => new SceneObject(Shape.Crescent, Colour.Red, ObjectSize.Large, place, Fill.Striped))]);

        var lengths = Enumerable.Range(0, 2000).Select(i => tokenizer.Pieces(CaptionWriter.Describe(scene, new SceneRandom(4).Split((ulong)i))).Count).ToList();

        Assert.InRange(lengths.Max(), 75, 76); // and the end mark
    }

    [Fact]
    public void Describe_WideScene_SaysRelationNumberAndFill()
    {
        foreach (var (scene, random) in Draws(World.Wide))
        {
            var text = CaptionWriter.Describe(scene, random);
            Assert.DoesNotContain('{', text);
            var relation = scene.Arrangement switch
            {
                Arrangement.Beside => "left of|right of|left side of|right side of",
                Arrangement.Above => "above|below|under|underneath",
                Arrangement.Between => "between",
                Arrangement.Number => scene.Objects.Length switch { 2 => "two", 3 => "three", 4 => "four", _ => "five" },
                _ => ".",
            };
            Assert.Matches(relation, text);
            foreach (var item in scene.Objects)
            {
                Assert.Contains(Words.Of(item.Shape), word => Says(text, word) || Says(text, Words.Plural(word)));
                Assert.Contains(Words.Of(item.Colour), word => Says(text, word));
                if (item.Fill != Fill.Plain) Assert.Contains(Words.Of(item.Fill), word => Says(text, word));
            }
        }
    }

    /// <summary>Who stands where is in the words alone: a caption with the two names exchanged tells of the mirrored scene.</summary>
    [Theory]
    [InlineData(Arrangement.Beside, "left", "right")]
    [InlineData(Arrangement.Above, "above", "below|under")]
    internal void Describe_Relation_NamesTheObjectsInItsOrder(Arrangement arrangement, string first, string second)
    {
        var scene = new Scene(Background.White,
            [new SceneObject(Shape.Star, Colour.Red, ObjectSize.Large, Place.Left), new SceneObject(Shape.Heart, Colour.Blue, ObjectSize.Large, Place.Right)], arrangement);
        for (var i = 0UL; i < 200; i++)
        {
            var text = CaptionWriter.Describe(scene, new SceneRandom(i));
            var starFirst = text.IndexOf("star", StringComparison.Ordinal) < text.IndexOf("heart", StringComparison.Ordinal);
            Assert.Matches(starFirst ? first : second, text);
        }
    }

    [Fact]
    public void Describe_OneScene_HasManyWordings()
    {
        var scene = new SceneSampler(SceneSplit.Seen, 1, 1).Draw(new SceneRandom(5));
        var random = new SceneRandom(6);
        Assert.InRange(Enumerable.Range(0, 1000).Select(_ => CaptionWriter.Describe(scene, random)).Distinct().Count(), 700, 1000);
        Assert.InRange(CaptionFrames.WithBackground.Distinct().Count(), 20, 100);
    }

    [Theory]
    [InlineData(0, false)]
    [InlineData(1, true)]
    public void Write_PlaceFirst_TellsThePlaceBeforeTheObjectOrBehindIt(double placeFirst, bool before)
    {
        foreach (var (scene, random) in Draws().Where(draw => draw.Scene.Objects.Length == 1))
        {
            var text = CaptionWriter.Write(scene, random, placeFirst: placeFirst).Text;
            var place = Words.Of(scene.Objects[0].Place).Max(word => text.IndexOf(word, StringComparison.Ordinal));
            var shape = Words.Of(scene.Objects[0].Shape).Max(word => text.IndexOf(word, StringComparison.Ordinal));
            Assert.Equal(before, place < shape);
        }
    }

    [Fact]
    public void Write_LeavingOut_SaysNothingOfWhatIsLeftOut()
    {
        var unsaid = (Background: 0, Places: 0, Sizes: 0);
        foreach (var (scene, random) in Draws())
        {
            var caption = CaptionWriter.Write(scene, random, leaveOut: 0.3);
            if (!caption.SaysBackground)
            {
                unsaid.Background++;
                Assert.DoesNotContain("background", caption.Text, StringComparison.Ordinal);
            }

            if (!caption.SaysPlaces)
            {
                unsaid.Places++;
                Assert.DoesNotMatch("left|right|centre|center|middle", caption.Text);
            }

            if (!caption.SaysSize.Contains(true))
            {
                unsaid.Sizes++;
                Assert.DoesNotContain(Words.Of(ObjectSize.Large).Concat(Words.Of(ObjectSize.Small)), word => Says(caption.Text, word));
            }
        }

        Assert.InRange(unsaid.Background / (double)Many, 0.28, 0.32);
        Assert.InRange(unsaid.Places / (double)Many, 0.28, 0.32);
        Assert.InRange(unsaid.Sizes / (double)Many, 0.08, 0.3);
    }

    [Fact]
    public void For_Captions_LabelsWhatIsSaidAndIgnoresTheRest()
    {
        foreach (var (scene, random) in Draws(World.Wide))
        {
            var caption = CaptionWriter.Write(scene, random, leaveOut: 0.3);
            var labels = TrainingLabels.For(caption);
            Assert.Equal(caption.SaysBackground ? (int)scene.Background : TrainingLabels.Ignored, labels.Background);
            foreach (var place in Enum.GetValues<Place>())
            {
                var item = scene.Objects.SingleOrDefault(candidate => candidate.Place == place);
                var says = caption.SaysPlaces;
                Assert.Equal(says ? (int?)item?.Shape ?? TrainingLabels.NoShape : TrainingLabels.Ignored, labels.Shapes[(int)place]);
                Assert.Equal(says ? (int?)item?.Colour ?? TrainingLabels.NoColour : TrainingLabels.Ignored, labels.Colours[(int)place]);
                Assert.Equal(says ? (int?)item?.Fill ?? TrainingLabels.NoFill : TrainingLabels.Ignored, labels.Fills[(int)place]);
                if (item is not null && says && caption.SaysSize[scene.Objects.IndexOf(item)])
                    Assert.Equal((int)item.Size, labels.Sizes[(int)place]);
            }
        }
    }

    private static IEnumerable<(Scene Scene, SceneRandom Random)> Draws(World world = World.First)
    {
        var sampler = new SceneSampler(world: world);
        return Enumerable.Range(0, Many).Select(i => new SceneRandom(2).Split((ulong)i)).Select(random => (sampler.Draw(random), random));
    }

    private static bool Says(string text, string word) => Regex.IsMatch(text, $@"\b{Regex.Escape(word)}\b");

    [GeneratedRegex(@"\w+|[^\w\s]")]
    private static partial Regex Tokens();
}
