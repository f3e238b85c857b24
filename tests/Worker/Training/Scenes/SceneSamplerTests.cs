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
        Assert.All(Enum.GetValues<Shape>()[..8], shape => Assert.Equal(3, pairs.Count(pair => pair.Shape == shape)));
        Assert.All(Enum.GetValues<Colour>()[..10], colour => Assert.InRange(pairs.Count(pair => pair.Colour == colour), 2, 3));
    }

    [Theory]
    [InlineData(World.First, SceneSplit.Seen, false, 56)]
    [InlineData(World.First, SceneSplit.Unseen, true, 24)]
    [InlineData(World.Wide, SceneSplit.Seen, false, 56)]
    [InlineData(World.Rich, SceneSplit.Seen, false, 264)]
    [InlineData(World.Rich, SceneSplit.Unseen, true, 24)]
    internal void Draw_EitherSplit_ShowsAllItsPairsAndNoOther(World world, SceneSplit split, bool heldOut, int count)
    {
        var pairs = Draws(split, world).SelectMany(scene => scene.Objects).Select(item => (item.Shape, item.Colour)).ToHashSet();
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

    [Theory]
    [InlineData(World.Wide)]
    [InlineData(World.Rich)]
    public void Draw_ManyWideScenes_KeepTheirRulesAndShowEverything(World world)
    {
        var scenes = Draws(SceneSplit.Seen, world).ToList();
        foreach (var scene in scenes)
        {
            Assert.InRange(scene.Objects.Length, 1, scene.Arrangement is Arrangement.Places or Arrangement.Number ? 5 : 3);
            Assert.Equal(scene.Objects.Length, scene.Objects.Select(item => item.Place).Distinct().Count());
            Assert.All(scene.Objects, item => Assert.True(Palette.IsVisible(item.Colour, scene.Background)));
            Assert.All(scene.Objects, item => Assert.True(item.Fill == Fill.Plain || item.Size == ObjectSize.Large));
            Assert.All(scene.Objects, item => AssertInside(scene, item));
            foreach (var (one, other) in scene.Objects.SelectMany(one => scene.Objects.Where(other => other != one && other.Place != one.Place).Select(other => (one, other))))
                AssertApart(scene, one, other);
        }

        Assert.Equal(Enum.GetValues<Place>(), scenes.SelectMany(scene => scene.Objects).Select(item => item.Place).Distinct().Order());
        Assert.Equal(Enum.GetValues<Fill>(), scenes.SelectMany(scene => scene.Objects).Select(item => item.Fill).Distinct().Order());
        Assert.Equal(Enum.GetValues<Arrangement>(), scenes.Select(scene => scene.Arrangement).Distinct().Order());
        Assert.Equal([1, 2, 3, 4, 5], scenes.Where(scene => scene.Arrangement == Arrangement.Places).Select(scene => scene.Objects.Length).Distinct().Order());
        Assert.Equal([2, 3, 4, 5], scenes.Where(scene => scene.Arrangement == Arrangement.Number).Select(scene => scene.Objects.Length).Distinct().Order());
    }

    [Theory]
    [InlineData(World.First, 3)]
    [InlineData(World.Wide, 3, 4, 5)]
    public void DrawCrowded_ManyScenes_HaveThreeObjectsOrMoreThatAreToldOfByTheirPlaces(World world, params int[] counts)
    {
        var sampler = new SceneSampler(world: world);
        var scenes = Enumerable.Range(0, 1000).Select(i => sampler.DrawCrowded(new SceneRandom(3).Split((ulong)i))).ToList();
        Assert.All(scenes, scene => Assert.Equal(Arrangement.Places, scene.Arrangement));
        Assert.Equal(counts, scenes.Select(scene => scene.Objects.Length).Distinct().Order());
    }

    [Fact]
    public void Draw_FewerObjectsThanTheWorldHas_ToldByTheirPlacesAreNoMore()
    {
        var sampler = new SceneSampler(most: 2, world: World.Wide);
        var scenes = Enumerable.Range(0, Many).Select(i => sampler.Draw(new SceneRandom(3).Split((ulong)i)));
        Assert.Equal([1, 2], scenes.Where(scene => scene.Arrangement == Arrangement.Places).Select(scene => scene.Objects.Length).Distinct().Order());
    }

    [Fact]
    public void SecondTone_OnEveryBackgroundOfItsColour_StandsOut()
    {
        foreach (var colour in Enum.GetValues<Colour>().Where(Palette.HasSecondTone))
        {
            var tone = Palette.SecondTone(colour);
            Assert.All(Enum.GetValues<Background>().Where(background => Palette.IsVisible(colour, background)), background => Assert.True(Distance(tone, Palette.Of(background)) > 60, $"{colour} on {background}"));
            Assert.True(Distance(tone, Palette.Of(colour)) > 50, colour.ToString());
        }
    }

    [Fact]
    public void Draw_SameStream_GivesTheSameScene()
    {
        var sampler = new SceneSampler(world: World.Wide);
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
        Assert.Equal([(Colour.Black, Background.Black), (Colour.Black, Background.Navy), (Colour.White, Background.White), (Colour.Teal, Background.Navy), (Colour.Cyan, Background.LightBlue)], melting);
    }

    [Theory]
    [InlineData(World.First, 0, 1)]
    [InlineData(World.First, 1, 4)]
    [InlineData(World.First, 3, 2)]
    [InlineData(World.Wide, 1, 6)]
    [InlineData(World.Wide, 4, 5)]
    public void Constructor_ImpossibleCounts_AreRefused(World world, int least, int most) =>
        Assert.Throws<ArgumentException>(() => new SceneSampler(SceneSplit.Seen, least, most, world));

    private static void AssertInside(Scene scene, SceneObject item)
    {
        var ((x, y), reach) = (Layout.Centre(scene, item), 1.15 * Layout.Radius(item.Size));
        Assert.True(Math.Min(Math.Min(x, y), 1 - Math.Max(x, y)) - reach > 0.015, $"{item} reaches the border");
    }

    /// <summary>No shape reaches further than 1.15 from its centre, for a radius of 1.</summary>
    private static void AssertApart(Scene scene, SceneObject one, SceneObject other)
    {
        var ((x, y), (otherX, otherY)) = (Layout.Centre(scene, one), Layout.Centre(scene, other));
        var distance = Math.Sqrt(((x - otherX) * (x - otherX)) + ((y - otherY) * (y - otherY)));
        Assert.True(distance > 1.15 * (Layout.Radius(one.Size) + Layout.Radius(other.Size)), $"{one} touches {other}");
    }

    private static double Distance((byte Red, byte Green, byte Blue) one, (byte Red, byte Green, byte Blue) other) =>
        Math.Sqrt(Math.Pow(one.Red - other.Red, 2) + Math.Pow(one.Green - other.Green, 2) + Math.Pow(one.Blue - other.Blue, 2));

    private static IEnumerable<Scene> Draws(SceneSplit split, World world = World.First)
    {
        var sampler = new SceneSampler(split, world: world);
        var random = new SceneRandom(1);
        return Enumerable.Range(0, Many).Select(i => sampler.Draw(random.Split((ulong)i)));
    }
}
