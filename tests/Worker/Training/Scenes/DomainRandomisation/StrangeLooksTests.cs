using RenderFarm.Training.Scenes;
using RenderFarm.Training.Scenes.DomainRandomisation;
using RenderFarm.Training.Scenes.Edits;
using Xunit;

namespace RenderFarm.Training.Tests.Scenes.DomainRandomisation;

public sealed class StrangeLooksTests
{
    [Theory]
    [InlineData(World.First)]
    [InlineData(World.Wide)]
    public void Disguise_OfAnyEdit_ChangesOnlyWhatNeitherWordsNorEditTouch(World world)
    {
        var (scenes, writer, random) = (new SceneSampler(world: world), new EditWriter(SceneSplit.Seen, world), new SceneRandom(5));
        var (colours, shapes, alsoChanged) = (0, 0, 0);
        for (var i = 0; i < 1000; i++)
        {
            var scene = scenes.Draw(random);
            var edit = (i % 2 == 0 ? writer.Write(scene, random) : null) ?? EditWriter.Keep(scene);

            var disguised = StrangeLooks.Disguise(edit, random);

            Assert.Equal((edit.Kind, edit.Instruction), (disguised.Kind, disguised.Instruction));
            foreach (var (item, other) in edit.Before.Objects.Zip(disguised.Before.Objects))
            {
                if (item == other) continue;
                Assert.Equal(item with { Shape = other.Shape, Colour = other.Colour }, other);
                // What the edit makes of it is as strange, and otherwise what it was to be.
                var (then, made) = (At(edit.After, item.Place), At(disguised.After, item.Place));
                Assert.Equal(then, made is null ? null : item.Colour != other.Colour ? made with { Colour = item.Colour } : made with { Shape = item.Shape });
                Assert.True(made is null || (item.Colour != other.Colour ? made.Colour == other.Colour : made.Shape == other.Shape));
                if (then is not null && then != item) alsoChanged++;
                Assert.True(World.Wide.Has(other.Shape) != World.Wide.Has(other.Colour), other.ToString());
                Assert.True(Palette.IsVisible(other.Colour, disguised.Before.Background) && Palette.IsVisible(other.Colour, disguised.After.Background));
                if (item.Colour != other.Colour) colours++;
                else shapes++;
                var changed = item.Colour != other.Colour ? item.Colour.ToString() : item.Shape.ToString();
                Assert.DoesNotContain(changed, edit.Instruction, StringComparison.OrdinalIgnoreCase);
            }
        }
        Assert.InRange(colours / (double)shapes, 0.7, 1.4);
        Assert.InRange(alsoChanged, 50, 500); // an object whose colour is asked for has any shape, and the other way round
    }

    private static SceneObject? At(Scene scene, Place place) => scene.Objects.FirstOrDefault(item => item.Place == place);
}
