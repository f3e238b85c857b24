using RenderFarm.Training.FusionTraining;
using RenderFarm.Training.Scenes;
using RenderFarm.Training.Scenes.Captions;
using RenderFarm.Training.Scenes.Edits;
using RenderFarm.Training.Vocabulary;
using Xunit;

namespace RenderFarm.Training.Tests.FusionTraining;

public sealed class StrangeInstructionsTests
{
    [Theory]
    [InlineData(nameof(EditKind.Add), true, true)]
    [InlineData(nameof(EditKind.Colour), true, false)]
    [InlineData(nameof(EditKind.Shape), false, true)]
    [InlineData(nameof(EditKind.Size), false, false)]
    [InlineData(nameof(EditKind.Remove), false, false)]
    [InlineData(nameof(EditKind.Background), false, false)]
    public void Disguise_OfAnyEdit_TakesTheWordOfWhatIsNewAndLeavesAllElse(string kind, bool takesColours, bool takesShapes)
    {
        var (scenes, writer, random) = (new SceneSampler(world: World.Wide), new EditWriter(SceneSplit.Seen, World.Wide), new SceneRandom(5));
        var (instructions, colours, shapes) = (new StrangeInstructions(new KnownLooks(BundledVocabulary.Load())), 0, 0);
        for (var i = 0; i < 500; i++)
        {
            if (writer.Write(Enum.Parse<EditKind>(kind), scenes.Draw(random), random) is not { } edit) continue;

            var strange = instructions.Disguise(edit, random);

            Assert.Equal((edit.Kind, edit.Instruction, edit.Before), (strange.Kind, strange.Instruction, strange.Before));
            if (strange.StrangeWord is null)
            {
                Assert.Equal(edit, strange);
                continue;
            }
            Assert.Contains(strange.StrangeWord, edit.Instruction.Split(' '));
            foreach (var (item, other) in edit.After.Objects.Zip(strange.After.Objects))
            {
                if (edit.Before.Objects.Contains(item))
                {
                    Assert.Equal(item, other);
                }
                else if (Words.Of(item.Colour).Contains(strange.StrangeWord))
                {
                    Assert.Equal(item, other with { Colour = item.Colour });
                    Assert.False(World.Wide.Has(other.Colour));
                    colours++;
                }
                else
                {
                    Assert.Contains(strange.StrangeWord, Words.Of(item.Shape));
                    Assert.Equal(item, other with { Shape = item.Shape });
                    Assert.False(World.Wide.Has(other.Shape));
                    shapes++;
                }
            }
        }
        Assert.InRange(colours, takesColours ? 20 : 0, takesColours ? 1000 : 0);
        Assert.InRange(shapes, takesShapes ? 20 : 0, takesShapes ? 1000 : 0);
    }
}
