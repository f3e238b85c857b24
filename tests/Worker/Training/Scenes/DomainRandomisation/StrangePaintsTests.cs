using RenderFarm.Training.Evaluation.Judging;
using RenderFarm.Training.Scenes;
using RenderFarm.Training.Scenes.DomainRandomisation;
using RenderFarm.Training.Scenes.Edits;
using Xunit;

namespace RenderFarm.Training.Tests.Scenes.DomainRandomisation;

public sealed class StrangePaintsTests
{
    [Theory]
    [InlineData(0, 0, 0)]
    [InlineData(12, -12, 12)]
    [InlineData(-12, 6, 0)]
    public void Of_ManyScenes_PaintsColoursWithoutWordsInAnyValueThatIsNotSeenAsHeldOut(int redder, int greener, int bluer)
    {
        var (scenes, random, paintsOf) = (new SceneSampler(world: World.Rich), new SceneRandom(5), new StrangePaints(colour => !World.Wide.Has(colour)));
        var edits = new EditWriter(SceneSplit.Seen, World.Rich);
        var (strange, values) = (0, new HashSet<(byte, byte, byte)>());
        for (var i = 0; i < 1000; i++)
        {
            var scene = StrangeGrounds.Disguise(scenes.Draw(random), random);
            var wanted = (i % 2 == 0 ? edits.Write(EditKind.Shape, scene, random)?.After : null) ?? scene;

            var paints = paintsOf.Of(scene, wanted, (redder, greener, bluer), random);

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
                Assert.True(Palette.IsVisible((red, green, blue), scene.Ground));
                var name = ReferenceColours.NearestObject(new Rgb(Seen(red, redder), Seen(green, greener), Seen(blue, bluer)), World.Wide);
                Assert.DoesNotContain(scene.Objects.Concat(wanted.Objects), item => item.Colour == colour && name is { } held && HeldOutPairs.Contains(item.Shape, held));
            }
        }
        Assert.InRange(strange, 300, int.MaxValue);
        Assert.InRange(values.Count, strange * 0.95, strange);

        static byte Seen(byte level, int shift) => (byte)Math.Clamp(level + shift, 0, 255);
    }
}
