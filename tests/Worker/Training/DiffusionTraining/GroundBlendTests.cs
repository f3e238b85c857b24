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
    [InlineData(World.First)]
    [InlineData(World.Wide)]
    public void Of_ManyScenes_LiesBetweenTwoBackgroundsAndShowsEveryObject(World world)
    {
        var blends = Draw(world, 400, leaveOut: 0.1).Where(drawn => drawn.Blend is not null).ToList();

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
        var blends = Draw(World.Wide, 400, leaveOut: 0.1).Where(drawn => drawn.Blend is not null).ToList();

        Assert.InRange(blends.Count, 60, 400);
        foreach (var (looks, blend) in blends)
        {
            Assert.Equal(looks.OtherBoth.Scene with { Background = blend!.Other.Scene.Background }, blend.Other.Scene);
            var (own, both, other) = (_tokenizer.Pieces(looks.Own.Text), _tokenizer.Pieces(looks.OtherBoth.Text), _tokenizer.Pieces(blend.Other.Text));
            Assert.Equal(both.Count, other.Count);
            var changed = Enumerable.Range(0, both.Count).Where(place => both[place] != other[place]).ToList();
            Assert.NotEmpty(changed);
            Assert.All(changed, place => Assert.Equal(own[place], both[place])); // no object's word
        }
    }

    /// <summary>Those that are told by equally many words, and are not hidden from what may stand on them.</summary>
    [Fact]
    public void Of_ManyScenes_BlendsEveryBackgroundWithEachThatIsToldLikeIt()
    {
        var pairs = Draw(World.First, 1500, leaveOut: 0).Where(drawn => drawn.Blend is not null)
            .Select(drawn => (From: drawn.Looks.Own.Scene.Background, To: drawn.Blend!.Other.Scene.Background)).ToHashSet();

        Background[] told = [Background.White, Background.Black, Background.Gray, Background.Navy];
        var alike = told.SelectMany(from => told.Where(to => to != from).Select(to => (from, to)));
        Assert.Equal(alike.Concat([(Background.LightBlue, Background.Navy), (Background.Navy, Background.LightBlue)]).Order(), pairs.Order());
    }

    /// <summary>A background that no word tells of has none whose states could be blended.</summary>
    [Fact]
    public void Of_BackgroundLeftUnsaid_BlendsNone()
    {
        var drawn = Draw(World.First, 50, leaveOut: 1).ToList();

        Assert.NotEmpty(drawn);
        Assert.All(drawn, one => Assert.Null(one.Blend));
    }

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
