using RenderFarm.Training.Scenes;
using RenderFarm.Training.Scenes.DomainRandomisation;
using RenderFarm.Training.Scenes.Edits;
using Xunit;

namespace RenderFarm.Training.Tests.Scenes.DomainRandomisation;

public sealed class StrangeGroundsTests
{
    [Fact]
    public void Disguise_OfManyScenes_GivesHalfABackgroundOfAnyValueOnWhichObjectsAreVisible()
    {
        const int Count = 1000;
        var (scenes, random, grounds) = (new SceneSampler(world: World.Wide), new SceneRandom(5), new HashSet<(byte, byte, byte)>());
        for (var i = 0; i < Count; i++)
        {
            var scene = scenes.Draw(random);

            var disguised = StrangeGrounds.Disguise(scene, random);

            Assert.Equal(scene, disguised with { StrangeGround = null });
            if (disguised.StrangeGround is not { } ground) continue;
            grounds.Add(ground);
            Assert.All(disguised.Objects, item => Assert.True(Palette.IsVisible(Palette.Of(item.Colour), ground)));
            Assert.All(disguised.Objects.Where(item => item.Fill is Fill.Striped or Fill.Dotted), item => Assert.True(Palette.IsVisible(Palette.SecondTone(item.Colour), ground)));
        }
        Assert.InRange(grounds.Count, Count * 0.35, Count * 0.55);
    }

    [Fact]
    public void Disguise_OfEdits_KeepsTheBackgroundUnlessAnotherIsAskedFor()
    {
        var (scenes, writer, random, strange) = (new SceneSampler(), new EditWriter(SceneSplit.Seen, World.First), new SceneRandom(5), new HashSet<EditKind>());
        for (var i = 0; i < 500; i++)
        {
            if (writer.Write(scenes.Draw(random), random) is not { } edit) continue;

            var disguised = StrangeGrounds.Disguise(edit, random);

            Assert.Equal(edit.Kind == EditKind.Background ? null : disguised.Before.StrangeGround, disguised.After.StrangeGround);
            if (disguised.Before.StrangeGround is not null) strange.Add(edit.Kind);
        }
        Assert.Equal(EditWriter.Kinds.ToHashSet(), strange);
    }
}
