using RenderFarm.Diffusion.Text;
using RenderFarm.Training.Scenes;
using RenderFarm.Training.Scenes.Captions;
using RenderFarm.Training.TextPretraining;
using Xunit;

namespace RenderFarm.Training.Tests.TextPretraining;

public sealed class TextExamplesTests
{
    private const int Count = 300;

    /// <summary>Words that shapes and colours are told by, and the article before them.</summary>
    private static readonly HashSet<string> Looks =
    [
        "a", "an", .. Enum.GetValues<Shape>()[..8].SelectMany(shape => Words.Of(shape)).SelectMany(word => (string[])[word, Words.Plural(word)]).SelectMany(word => word.Split(' ')),
        .. Enum.GetValues<Colour>()[..10].SelectMany(colour => Words.Of(colour)),
    ];

    private readonly T5Tokenizer _tokenizer = BundledVocabulary.Load();

    [Theory]
    [InlineData(World.First)]
    [InlineData(World.Wide)]
    public void Draw_Couples_TellOfOtherLooksInTheSameWords(World world)
    {
        var examples = Draw(new TextRecipe { World = world });

        Assert.Equal(2 * Count, examples.Captions.Length);
        Assert.InRange(examples.Alike.Count(alike => alike), Count / 2, Count);
        foreach (var i in Enumerable.Range(0, Count).Where(i => examples.Alike[i]))
        {
            var (own, again) = (examples.Captions[i], examples.Captions[Count + i]);
            AssertOnlyLooksDiffer(own.Text, again.Text);
            Assert.Equal((own.SaysBackground, own.SaysPlaces, own.Scene.Background, own.Scene.Arrangement), (again.SaysBackground, again.SaysPlaces, again.Scene.Background, again.Scene.Arrangement));
            Assert.Equal(own.SaysSize, again.SaysSize);
            Assert.Equal(own.Scene.Objects.Select(Unseen), again.Scene.Objects.Select(Unseen));
        }
        var kinds = Enumerable.Range(0, Count).Where(i => examples.Alike[i]).Select(i => Changes(examples.Captions[i].Scene, examples.Captions[Count + i].Scene)).ToHashSet();
        Assert.Equal([(true, false), (false, true), (true, true)], kinds);
        Assert.All(Enumerable.Range(0, Count).Where(i => !examples.Alike[i]), i => Assert.NotEqual(examples.Captions[i].Text, examples.Captions[Count + i].Text));
        Assert.DoesNotContain(examples.Captions.SelectMany(caption => caption.Scene.Objects), item => HeldOutPairs.Contains(item.Shape, item.Colour));
    }

    private static (bool Shape, bool Colour) Changes(Scene own, Scene again) => (own.Objects[0].Shape != again.Objects[0].Shape, own.Objects[0].Colour != again.Objects[0].Colour);

    private void AssertOnlyLooksDiffer(string own, string again)
    {
        var (before, after) = (_tokenizer.Pieces(own), _tokenizer.Pieces(again));
        Assert.Equal(before.Count, after.Count);
        var changed = Enumerable.Range(0, before.Count).Where(place => before[place] != after[place]).SelectMany(place => new[] { before[place], after[place] });
        Assert.NotEmpty(changed);
        Assert.All(changed, piece => Assert.Contains(_tokenizer.Text([piece]).Trim(), Looks));
    }

    private static (ObjectSize Size, Place Place, Fill Fill) Unseen(SceneObject item) => (item.Size, item.Place, item.Fill);

    private TextExamples Draw(TextRecipe recipe) => TextExamples.Draw(recipe, new SceneSampler(world: recipe.World), _tokenizer, Count, new SceneRandom(3));
}
