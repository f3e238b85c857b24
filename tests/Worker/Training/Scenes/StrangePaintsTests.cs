using RenderFarm.Training.Evaluation.Judging;
using RenderFarm.Training.Scenes;
using Xunit;

namespace RenderFarm.Training.Tests.Scenes;

public sealed class StrangePaintsTests
{
    [Fact]
    public void Of_ManyScenes_PaintsColoursWithoutWordsInAnyValueThatIsNotHeldOut()
    {
        var (scenes, random) = (new SceneSampler(world: World.Rich), new SceneRandom(5));
        var (strange, values) = (0, new HashSet<(byte, byte, byte)>());
        for (var i = 0; i < 1000; i++)
        {
            var scene = scenes.Draw(random);

            var paints = StrangePaints.Of(scene, random);

            Assert.Equal(scene.Objects.Select(item => item.Colour).ToHashSet(), paints.Keys.ToHashSet());
            foreach (var (colour, (red, green, blue)) in paints)
            {
                if (World.Wide.Has(colour))
                {
                    Assert.Equal(Palette.Of(colour), (red, green, blue));
                    continue;
                }
                strange++;
                values.Add((red, green, blue));
                Assert.True(Palette.IsVisible((red, green, blue), scene.Background));
                var name = ReferenceColours.NearestObject(new Rgb(red, green, blue), World.Wide);
                Assert.DoesNotContain(scene.Objects, item => item.Colour == colour && name is { } held && HeldOutPairs.Contains(item.Shape, held));
            }
        }
        Assert.InRange(strange, 300, int.MaxValue);
        Assert.InRange(values.Count, strange * 0.95, strange);
    }
}
