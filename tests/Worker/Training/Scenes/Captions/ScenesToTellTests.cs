using RenderFarm.Training.Scenes;
using RenderFarm.Training.Scenes.Captions;
using Xunit;

namespace RenderFarm.Training.Tests.Scenes.Captions;

public sealed class ScenesToTellTests
{
    [Fact]
    public void DrawToTell_HardOrNot_DecidesHowManyObjectsAndHowOftenPlacesComeFirst()
    {
        var (scenes, random) = (new SceneSampler(), new SceneRandom(3));

        var usual = Enumerable.Range(0, 100).Select(_ => scenes.DrawToTell(random, 0)).ToList();
        var hard = Enumerable.Range(0, 100).Select(_ => scenes.DrawToTell(random, 1)).ToList();

        Assert.Equal([1, 2, 3], usual.Select(one => one.Scene.Objects.Length).Distinct().Order());
        Assert.All(usual, one => Assert.Equal(CaptionWriter.UsualPlaceFirst, one.PlaceFirst));
        Assert.All(hard, one => Assert.Equal((3, 0.5), (one.Scene.Objects.Length, one.PlaceFirst)));
    }
}
