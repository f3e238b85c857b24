using RenderFarm.Training.Scenes;
using Xunit;

namespace RenderFarm.Training.Tests.Scenes;

public sealed class SceneSamplerTests
{
    private const int Many = 20_000;

    [Fact]
    public void HeldOutPairs_All_LeaveEveryShapeAndColourMostlySeen()
    {
        var pairs = HeldOutPairs.All.ToHashSet();
        Assert.Equal(24, pairs.Count);
        Assert.All(Enum.GetValues<Shape>(), shape => Assert.Equal(3, pairs.Count(pair => pair.Shape == shape)));
        Assert.All(Enum.GetValues<Colour>(), colour => Assert.InRange(pairs.Count(pair => pair.Colour == colour), 2, 3));
    }

    [Theory]
    [InlineData(SceneSplit.Seen, false, 56)]
    [InlineData(SceneSplit.Unseen, true, 24)]
    internal void Draw_EitherSplit_ShowsAllItsPairsAndNoOther(SceneSplit split, bool heldOut, int count)
    {
        var pairs = Draws(split).SelectMany(scene => scene.Objects).Select(item => (item.Shape, item.Colour)).ToHashSet();
        Assert.Equal(count, pairs.Count);
        Assert.All(pairs, pair => Assert.Equal(heldOut, HeldOutPairs.Contains(pair.Shape, pair.Colour)));
    }

    [Fact]
    public void Draw_ManyScenes_KeepTheWorldsRules()
    {
        foreach (var scene in Draws(SceneSplit.Seen))
        {
            Assert.InRange(scene.Objects.Length, 1, 3);
            Assert.Equal(scene.Objects.Length, scene.Objects.Select(item => item.Place).Distinct().Count());
            Assert.True(scene.Objects.Length == 1 || scene.Objects.All(item => item.Place != Place.Centre));
            Assert.All(scene.Objects, item => Assert.True(Palette.IsVisible(item.Colour, scene.Background)));
        }
    }

    [Fact]
    public void Draw_SameStream_GivesTheSameScene()
    {
        var sampler = new SceneSampler();
        for (var i = 0UL; i < 100; i++)
        {
            var first = sampler.Draw(new SceneRandom(7).Split(i));
            var again = sampler.Draw(new SceneRandom(7).Split(i));
            Assert.Equal(first.Background, again.Background);
            Assert.Equal<SceneObject>(first.Objects, again.Objects);
        }
    }

    [Fact]
    public void IsVisible_AllPairs_RulesOutOnlyThoseThatMelt()
    {
        var melting = from colour in Enum.GetValues<Colour>()
                      from background in Enum.GetValues<Background>()
                      where !Palette.IsVisible(colour, background)
                      select (colour, background);
        Assert.Equal([(Colour.Black, Background.Black), (Colour.Black, Background.Navy), (Colour.White, Background.White)], melting);
    }

    [Theory]
    [InlineData(0, 1)]
    [InlineData(1, 4)]
    [InlineData(3, 2)]
    public void Constructor_ImpossibleCounts_AreRefused(int least, int most) =>
        Assert.Throws<ArgumentException>(() => new SceneSampler(SceneSplit.Seen, least, most));

    private static IEnumerable<Scene> Draws(SceneSplit split)
    {
        var sampler = new SceneSampler(split);
        var random = new SceneRandom(1);
        return Enumerable.Range(0, Many).Select(i => sampler.Draw(random.Split((ulong)i)));
    }
}
