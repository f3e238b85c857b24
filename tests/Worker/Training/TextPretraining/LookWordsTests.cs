using System.Globalization;
using RenderFarm.Diffusion.Text;
using RenderFarm.Training.Scenes;
using RenderFarm.Training.Scenes.Captions;
using RenderFarm.Training.TextPretraining;
using Xunit;

namespace RenderFarm.Training.Tests.TextPretraining;

public sealed class LookWordsTests
{
    private readonly T5Tokenizer _tokenizer = BundledVocabulary.Load();

    [Fact]
    public void Of_CaptionOfTwo_FindsTheWordsAndNotTheArticleThatFollowsThem()
    {
        const string own = "an orange star and a green ring on white";

        var words = Of(own, otherShapes: "an orange heart and a green cross on white", otherColours: "a red star and an orange ring on white", both: "a red heart and an orange cross on white");

        Assert.Equal(["orange", "green"], At(own, words.Colours));
        Assert.Equal(["star", "ring"], At(own, words.Shapes));
    }

    /// <summary>Another shape may make up for the words that one has more.</summary>
    [Theory]
    [InlineData("a {0} star on white", "a {0} plus sign on white")]
    [InlineData("a {0} plus sign and a {0} star on white", "a {0} star and a {0} crescent moon on white")]
    public void Of_ShapesOfMoreWords_FindsTheColoursAlone(string own, string other)
    {
        string Told(string text, string colour) => string.Format(CultureInfo.InvariantCulture, text, colour);

        var words = Of(Told(own, "red"), Told(other, "red"), Told(own, "blue"), Told(other, "blue"));

        Assert.All(At(Told(own, "red"), words.Colours), word => Assert.Equal("red", word));
        Assert.NotEmpty(words.Colours);
        Assert.Empty(words.Shapes);
    }

    [Fact]
    public void Of_NoOtherLooks_FindsNone() => Assert.Equal((0, 0), LookWords.Of(null, _tokenizer) is var words ? (words.Colours.Length, words.Shapes.Length) : default);

    private LookWords Of(string own, string otherShapes, string otherColours, string both)
    {
        Caption Told(string text) => new(text, new Scene(Background.White, []), SaysBackground: true, SaysPlaces: false, []);
        return LookWords.Of(new OtherLooks(Told(own), Told(otherShapes), Told(otherColours), Told(both)), _tokenizer);
    }

    private IEnumerable<string> At(string text, int[] places) => places.Select(place => _tokenizer.Text([_tokenizer.Pieces(text)[place]]).Trim());
}
