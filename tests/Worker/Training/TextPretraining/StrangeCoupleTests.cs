using RenderFarm.Diffusion.Text;
using RenderFarm.Training.Scenes;
using RenderFarm.Training.Scenes.Captions;
using RenderFarm.Training.TextPretraining;
using Xunit;

namespace RenderFarm.Training.Tests.TextPretraining;

public sealed class StrangeCoupleTests
{
    private const string Own = "a red star on white";

    private readonly T5Tokenizer _tokenizer = BundledVocabulary.Load();

    [Fact]
    public void Draw_EitherKind_IsToldAgainWithTheOtherKindChanged()
    {
        var couples = Draw(Looks("a red heart on white", "a blue star on white", "a blue heart on white"));

        Assert.All(couples, couple => Assert.Equal(Own, couple.Caption));
        Assert.Equal(
            [(false, "a blue star on white", "star"), (true, "a red heart on white", "red")],
            couples.Select(couple => (couple.AreColours, couple.Again, At(couple.Strange))).Distinct().OrderBy(couple => couple.AreColours));
        Assert.All(couples, couple => Assert.Equal("red star", At(couple.Looks)));
    }

    /// <summary>Where the shape's words are more, shapes cannot differ word for word, nor be strange.</summary>
    [Fact]
    public void Draw_ShapesOfMoreWords_AnotherCaptionOrTheColoursAlone()
    {
        var couples = Draw(Looks("a red plus sign on white", "a blue star on white", "a blue plus sign on white"));

        Assert.Equal(
            [(false, "a blue star on white", "", "red"), (true, "another", "", "")],
            couples.Select(couple => (couple.AreColours, couple.Again, At(couple.Strange), At(couple.Looks))).Distinct().OrderBy(couple => couple.AreColours));
    }

    [Fact]
    public void Draw_NoOtherLooks_IsAnotherCaption() => Assert.All(Draw(null), couple => Assert.Equal(("another", 0, 0), (couple.Again, couple.Strange.Length, couple.Looks.Length)));

    private List<StrangeCouple> Draw(OtherLooks? looks)
    {
        var random = new SceneRandom(2);
        return [.. Enumerable.Range(0, 20).Select(_ =>
        {
            var told = new Queue<(Caption, OtherLooks?)>([(Told(Own), looks), (Told("another"), null)]);
            return StrangeCouple.Draw(told.Dequeue, _tokenizer, random);
        })];
    }

    private static OtherLooks Looks(string otherShapes, string otherColours, string both) => new(Told(Own), Told(otherShapes), Told(otherColours), Told(both));

    private static Caption Told(string text) => new(text, new Scene(Background.White, []), SaysBackground: true, SaysPlaces: false, []);

    private string At(int[] places) => string.Join(' ', places.Select(place => _tokenizer.Text([_tokenizer.Pieces(Own)[place]]).Trim()));
}
