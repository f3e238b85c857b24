using RenderFarm.Diffusion.Text;
using RenderFarm.Testing;
using RenderFarm.Training.Scenes;
using RenderFarm.Training.TextPretraining;
using Xunit;

namespace RenderFarm.Training.Tests.TextPretraining;

public sealed class CaptionAlignmentTests
{
    private readonly T5Tokenizer _tokenizer = T5Tokenizer.Load(Path.Combine(Repository.Root, "Worker", "Models", "shapes", "base", "tokenizer", "spiece.model"));

    [Fact]
    public void Of_OtherOrderAndSynonyms_PairsWhatMeansTheSame()
    {
        var scene = new Scene(Background.LightBlue,
        [
            new SceneObject(Shape.Cross, Colour.Red, ObjectSize.Large, Place.BottomRight),
            new SceneObject(Shape.Crescent, Colour.Yellow, ObjectSize.Small, Place.TopLeft),
        ]);
        var caption = new Caption(
            "on sky blue, at the lower right a plus sign that is huge and red, upper left one tiny yellow crescent moon", scene, SaysBackground: true, SaysPlaces: true, [true, true])
        {
            Clauses = ["at the lower right a plus sign that is huge and red", "upper left one tiny yellow crescent moon"],
        };

        Assert.Equal(
            new[] { "huge=big", "red=red", "sign=cross", "lower=bottom", "right=right", "tiny=small", "yellow=yellow", "moon=crescent", "upper=top", "left=left", "blue=blue", "sky=light", "on=background", ",=and", "</s>=</s>" }.Order(),
            Pairs(caption).Order());
    }

    [Fact]
    public void Of_AnyCaptionOfTheWideWorld_PairsEveryAttributeOnceAndWithinTheCaption()
    {
        var (scenes, random, alignment) = (new SceneSampler(world: World.Wide), new SceneRandom(8), new CaptionAlignment(_tokenizer));
        var seen = 0;
        for (var i = 0; i < 600; i++)
        {
            var caption = CaptionWriter.Write(scenes.Draw(random), random, leaveOut: 0.1);
            if (caption is not { SaysPlaces: true, Clauses.Length: > 0 }) continue;
            seen++;
            var canonical = CanonicalCaption.Of(caption);
            var pairs = alignment.Of(caption, canonical);
            Assert.Equal(pairs.Count, pairs.Select(pair => pair.Caption).Distinct().Count());
            Assert.Equal(pairs.Count, pairs.Select(pair => pair.Canonical).Distinct().Count());
            Assert.Contains((_tokenizer.Pieces(caption.Text).Count, _tokenizer.Pieces(canonical.Text).Count), pairs);
            var attributes = caption.Scene.Objects.Zip(caption.SaysSize).Sum(told => 2 + (told.Second ? 1 : 0) + (told.First.Fill == Fill.Plain ? 0 : 1) + (int)PlaceWords(told.First.Place));
            var ground = !caption.SaysBackground ? 0 : caption.Scene.Background != Background.LightBlue ? 2 : 3;
            Assert.Equal(attributes + ground + (caption.Scene.Objects.Length > 1 ? 1 : 0) + 1, pairs.Count);
        }
        Assert.True(seen > 200);
    }

    private static int PlaceWords(Place place) => place is Place.TopLeft or Place.TopRight or Place.BottomLeft or Place.BottomRight ? 2 : 1;

    private IEnumerable<string> Pairs(Caption caption)
    {
        var canonical = CanonicalCaption.Of(caption);
        return new CaptionAlignment(_tokenizer).Of(caption, canonical).Select(pair => $"{Word(caption.Text, pair.Caption)}={Word(canonical.Text, pair.Canonical)}");
    }

    private string Word(string text, int token)
    {
        var pieces = _tokenizer.Pieces(text);
        return token == pieces.Count ? "</s>" : _tokenizer.Text([pieces[token]]).Trim();
    }
}
