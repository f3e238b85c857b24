using RenderFarm.Diffusion.Text;
using RenderFarm.Training.DiffusionTraining;
using RenderFarm.Training.Scenes;
using RenderFarm.Training.Scenes.Captions;
using Xunit;

namespace RenderFarm.Training.Tests.DiffusionTraining;

public sealed class GroundBlendTests
{
    private readonly T5Tokenizer _tokenizer = BundledVocabulary.Load();

    [Theory]
    [InlineData(nameof(World.First))]
    [InlineData(nameof(World.Wide))]
    public void Of_ManyScenes_LiesBetweenTwoBackgroundsAndShowsEveryObject(string world)
    {
        var blends = Draw(Enum.Parse<World>(world), 400, leaveOut: 0.1).Where(drawn => drawn.Blend is not null).ToList();

        Assert.InRange(blends.Count, 60, 400);
        foreach (var (looks, blend) in blends)
        {
            var (from, to, paint) = (Palette.Of(looks.Own.Scene.Background), Palette.Of(blend!.Other.Scene.Background), blend.Paint);
            Assert.NotEqual(from, to);
            Assert.Equal(from.Red + (blend.Share * (to.Red - from.Red)), paint.Red, 0.5);
            Assert.Equal(from.Green + (blend.Share * (to.Green - from.Green)), paint.Green, 0.5);
            Assert.Equal(from.Blue + (blend.Share * (to.Blue - from.Blue)), paint.Blue, 0.5);
            Assert.All(looks.Own.Scene.Objects, item => Assert.True(Palette.IsVisible(Palette.Of(item.Colour), paint)));
            Assert.All(blend.Other.Scene.Objects, item => Assert.True(Palette.IsVisible(item.Colour, blend.Other.Scene.Background)));
        }
    }

    [Fact]
    public void Of_ManyScenes_OtherCaptionDiffersInWordsOfTheBackgroundAlone()
    {
        var grounds = Enum.GetValues<Background>().SelectMany(Words.Of).SelectMany(words => _tokenizer.Pieces(words)).ToHashSet();
        foreach (var (looks, blend) in Draw(World.Wide, 400, leaveOut: 0.1))
        {
            if (blend is null) continue;
            var (both, other) = (_tokenizer.Pieces(looks.OtherBoth.Text), _tokenizer.Pieces(blend.Other.Text));
            Assert.Equal(both.Count, other.Count);
            var changed = Enumerable.Range(0, both.Count).Where(place => both[place] != other[place]).ToList();
            Assert.NotEmpty(changed);
            Assert.All(changed, place => Assert.True(grounds.Contains(both[place]) && grounds.Contains(other[place])));
        }
    }

    /// <summary>A background that no word tells of has none whose states could be blended.</summary>
    [Fact]
    public void Of_BackgroundLeftUnsaid_BlendsNone() => Assert.All(Draw(World.First, 50, leaveOut: 1), drawn => Assert.Null(drawn.Blend));

    private IEnumerable<(OtherLooks Looks, GroundBlend? Blend)> Draw(World world, int count, double leaveOut)
    {
        var (scenes, random) = (new SceneSampler(world: world), new SceneRandom(5));
        for (var i = 0; i < count; i++)
        {
            var (scene, words) = (scenes.Draw(random), random.NextBits());
            Caption Write(Scene told) => CaptionWriter.Write(told, random.Split(words), leaveOut);
            if (OtherLooks.Of(scene, world, Write, random) is { } looks && looks.StandAlike(_tokenizer.Pieces)) yield return (looks, GroundBlend.Of(looks, Write, _tokenizer.Pieces, random));
        }
    }
}
