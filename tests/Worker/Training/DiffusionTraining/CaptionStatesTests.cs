using System.Globalization;
using RenderFarm.Diffusion.Layers;
using RenderFarm.Diffusion.Text;
using RenderFarm.Testing;
using RenderFarm.Training.DiffusionTraining;
using RenderFarm.Training.Scenes;
using RenderFarm.Training.Scenes.Captions;
using TorchSharp;
using Xunit;
using static TorchSharp.torch;

namespace RenderFarm.Training.Tests.DiffusionTraining;

public sealed class CaptionStatesTests : IDisposable
{
    private const int Length = 20;
    private const double Tolerance = 1e-5; // rows of one batch against rows of another

    private static readonly string Base = Path.Combine(Repository.Root, "Worker", "Models", "shapes", "base");

    private readonly T5Tokenizer _tokenizer = BundledVocabulary.Load();
    private readonly T5Encoder _encoder = T5Encoder.Load(Path.Combine(Base, "text_encoder"), new Placement(CPU, ScalarType.Float32));

    [Fact]
    public void Of_CaptionWithOtherLooks_TakesEachWordFromTheCaptionThatSharesItAlone()
    {
        var looks = Looks("a big red star in the centre", "a big red heart in the centre", "a big blue star in the centre", "a big blue heart in the centre");
        using var scope = NewDisposeScope();

        var states = new CaptionStates(_encoder, _tokenizer, Length).Of(["a small green ring", looks.Own.Text], [null, looks]);

        Assert.Equal([2, Length, 192], states.shape);
        AssertClose(StatesOf("a small green ring"), states[0]);
        var (text, pieces) = (StatesOf(looks.OtherBoth.Text), _tokenizer.Pieces(looks.Own.Text).Select(id => _tokenizer.Text([id]).Trim()).ToList());
        var (colour, shape) = (pieces.IndexOf("red"), pieces.IndexOf("star"));
        for (var place = 0; place < Length; place++)
        {
            var from = place == colour ? StatesOf(looks.OtherShapes.Text) : place == shape ? StatesOf(looks.OtherColours.Text) : text;
            AssertClose(from[place], states[1][place]);
        }
    }

    [Fact]
    public void Of_CaptionWithABlend_TakesTheColoursWordFromBetweenTwo()
    {
        var looks = Looks("a big red star in the centre", "a big red heart in the centre", "a big blue star in the centre", "a big blue heart in the centre");
        var blend = new ColourBlend(looks.Own with { Text = "a big white heart in the centre" }, 0.3, new Dictionary<Colour, (byte, byte, byte)>());
        using var scope = NewDisposeScope();
        var states = new CaptionStates(_encoder, _tokenizer, Length);

        var (whole, blended) = (states.Of([looks.Own.Text, looks.Own.Text], [looks, looks]), states.Of([looks.Own.Text, looks.Own.Text], [looks, looks], [null, blend]));

        AssertClose(whole[0], blended[0]);
        var colour = _tokenizer.Pieces(looks.Own.Text).Select(id => _tokenizer.Text([id]).Trim()).ToList().IndexOf("red");
        for (var place = 0; place < Length; place++)
            AssertClose(place == colour ? (0.7 * StatesOf(looks.OtherShapes.Text)[place]) + (0.3 * StatesOf(blend.Other.Text)[place]) : whole[1][place], blended[1][place]);
    }

    /// <summary>Two words for a shape that has one: the places do not agree, not even where another shape makes up for it.</summary>
    [Theory]
    [InlineData("a {0} star", "a {0} plus sign")]
    [InlineData("a {0} star and a {0} plus sign", "a {0} plus sign and a {0} star")]
    public void Of_LooksWithWordsAtOtherPlaces_LeavesTheStatesWhole(string own, string other)
    {
        string Of(string text, string colour) => string.Format(CultureInfo.InvariantCulture, text, colour);
        var looks = Looks(Of(own, "red"), Of(other, "red"), Of(own, "blue"), Of(other, "blue"));
        using var scope = NewDisposeScope();

        var states = new CaptionStates(_encoder, _tokenizer, Length).Of([looks.Own.Text], [looks]);

        AssertClose(StatesOf(looks.Own.Text), states[0]);
    }

    public void Dispose() => _encoder.Dispose();

    private static OtherLooks Looks(params string[] texts)
    {
        var captions = texts.Select(text => new Caption(text, new Scene(Background.Gray, []), SaysBackground: false, SaysPlaces: true, [])).ToArray();
        return new OtherLooks(captions[0], captions[1], captions[2], captions[3]);
    }

    private Tensor StatesOf(string caption)
    {
        using var guard = no_grad();
        var (ids, mask) = _tokenizer.Encode([caption], Length, CPU);
        return _encoder.forward(ids, mask)[0];
    }

    private static void AssertClose(Tensor expected, Tensor actual) => Assert.InRange((expected - actual).abs().max().item<float>(), 0, Tolerance);
}
