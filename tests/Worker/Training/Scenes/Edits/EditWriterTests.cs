using RenderFarm.Training.Scenes;
using RenderFarm.Training.Scenes.Captions;
using RenderFarm.Training.Scenes.Edits;
using Xunit;

namespace RenderFarm.Training.Tests.Scenes.Edits;

public sealed class EditWriterTests
{
    private const int Draws = 3000;

    [Theory]
    [InlineData(World.First, Draws / 20)]
    // Of the wide world's scenes fewer have room for another object: many are crowded, or hold as many as can be told one by one.
    [InlineData(World.Wide, Draws / 30)]
    public void Write_OfTrainingScenes_ChangesOneThingAndShowsNoHeldOutPair(World world, int ofEachKind)
    {
        var (scenes, writer, random) = (new SceneSampler(world: world), new EditWriter(SceneSplit.Seen, world), new SceneRandom(3));
        var found = new Dictionary<EditKind, int>();
        for (var i = 0; i < Draws; i++)
        {
            if (writer.Write(scenes.Draw(random), random) is not { } edit) continue;
            found[edit.Kind] = found.GetValueOrDefault(edit.Kind) + 1;
            Assert.DoesNotContain('{', edit.Instruction);
            Assert.All(edit.After.Objects, item => Assert.False(HeldOutPairs.Contains(item.Shape, item.Colour), edit.ToString()));
            Assert.All(edit.After.Objects, item => Assert.True(Palette.IsVisible(item.Colour, edit.After.Background), edit.ToString()));
            Assert.Equal(edit.After.Objects.Length, edit.After.Objects.Select(item => item.Place).Distinct().Count());
            Assert.Equal(Differences(edit.Kind, edit), (edit.Before.Background != edit.After.Background, edit.After.Objects.Length - edit.Before.Objects.Length));
        }
        Assert.Equal(EditWriter.Kinds.Order(), found.Keys.Order());
        Assert.All(found.Values, count => Assert.True(count > ofEachKind));
    }

    [Fact]
    public void Write_VagueBackground_MeansBlackOrNavyForDark()
    {
        var (scenes, writer, random) = (new SceneSampler(), new EditWriter(SceneSplit.Seen, World.First), new SceneRandom(4));
        var dark = Enumerable.Range(0, Draws).Select(_ => writer.Write(EditKind.Background, scenes.Draw(random), random)).OfType<Edit>()
            .Where(edit => edit.Instruction.Contains("dark ", StringComparison.Ordinal) && !edit.Instruction.Contains("dark blue", StringComparison.Ordinal)).ToList();

        Assert.NotEmpty(dark);
        Assert.All(dark, edit => Assert.Contains(edit.After.Background, (Background[])[Background.Black, Background.Navy]));
    }

    /// <summary>A picture of one object in its centre is the plainest that a user has.</summary>
    [Theory]
    [InlineData(World.First)]
    [InlineData(World.Wide)]
    public void Write_AddBesideOneInTheCentre_GoesToEveryCornerAndTouchesNothing(World world)
    {
        var (writer, random) = (new EditWriter(SceneSplit.Seen, world), new SceneRandom(8));
        var scene = new Scene(Background.White, [new(Shape.Circle, Colour.Red, ObjectSize.Small, Place.Centre)]);
        var added = Enumerable.Range(0, 200).Select(_ => writer.Write(EditKind.Add, scene, random)!.After.Objects[1]).ToList();

        Assert.Equal([Place.TopLeft, Place.TopRight, Place.BottomLeft, Place.BottomRight], added.Select(item => item.Place).Distinct().Order());
        Assert.All(added, item => Assert.True(Layout.HasRoom(item.Place, item.Size, Place.Centre, ObjectSize.Small), item.ToString()));
    }

    [Theory]
    [InlineData(World.First, 3)]
    [InlineData(World.Wide, 6)]
    public void Write_AddBesideOneInACorner_GoesWhereItsWorldHasPlaces(World world, int places)
    {
        var (writer, random) = (new EditWriter(SceneSplit.Seen, world), new SceneRandom(8));
        var scene = new Scene(Background.White, [new(Shape.Circle, Colour.Red, ObjectSize.Small, Place.TopLeft)]);
        Assert.Equal(places, Enumerable.Range(0, 300).Select(_ => writer.Write(EditKind.Add, scene, random)!.After.Objects[1].Place).Distinct().Count());
    }

    /// <summary>Objects side by side stand further out, where a large one would leave the picture.</summary>
    [Fact]
    public void Write_AddToObjectsSideBySide_IsNoEdit()
    {
        var scene = new Scene(Background.White, [new(Shape.Circle, Colour.Red, ObjectSize.Small, Place.Left), new(Shape.Star, Colour.Red, ObjectSize.Small, Place.Centre)]);
        Assert.Null(new EditWriter(SceneSplit.Seen, World.Wide).Write(EditKind.Add, scene, new SceneRandom(8)));
    }

    [Fact]
    public void Write_AddInTheWideWorld_GoesToAllNinePlacesAndLeavesOthersWhereTheyAre()
    {
        var (scenes, writer, random) = (new SceneSampler(world: World.Wide), new EditWriter(SceneSplit.Seen, World.Wide), new SceneRandom(9));
        var edits = Enumerable.Range(0, Draws).Select(_ => writer.Write(EditKind.Add, scenes.Draw(random), random)).OfType<Edit>().ToList();

        Assert.Equal(9, edits.Select(edit => edit.After.Objects[^1].Place).Distinct().Count());
        Assert.All(edits, edit => Assert.All(edit.Before.Objects, item => Assert.Equal(Layout.Centre(edit.Before, item), Layout.Centre(edit.After, item))));
    }

    [Fact]
    public void Canonical_OfAnyScene_IsItsPartsTokenByToken()
    {
        var tokenizer = BundledVocabulary.Load();
        var (scenes, random) = (new SceneSampler(world: World.Wide), new SceneRandom(5));
        for (var i = 0; i < 300; i++)
        {
            var caption = CanonicalCaption.Of(scenes.Draw(random));
            var parts = caption.Parts.Select(part => tokenizer.Pieces(part.Text)).ToList();
            Assert.Equal(tokenizer.Pieces(caption.Text), parts.SelectMany(part => part));
            Assert.All(parts, part => Assert.InRange(part.Count, 1, CanonicalCaption.LongestPart));
            Assert.Equal(caption.Parts.Select(part => part.Slot).Order(), caption.Parts.Select(part => part.Slot));
        }
    }

    [Fact]
    public void Canonical_TwoObjects_AreToldInTheOrderOfPlaces()
    {
        var scene = new Scene(Background.LightBlue, [new(Shape.Star, Colour.Blue, ObjectSize.Small, Place.BottomRight), new(Shape.Circle, Colour.Orange, ObjectSize.Large, Place.TopLeft)]);
        Assert.Equal("a big orange circle in the top left and a small blue star in the bottom right on a light blue background", CanonicalCaption.Of(scene).Text);
    }

    private static (bool Ground, int Objects) Differences(EditKind kind, Edit edit) => kind switch
    {
        EditKind.Background => (true, 0),
        EditKind.Add => (false, 1),
        EditKind.Remove => (false, -1),
        _ => (false, edit.Before.Objects.SequenceEqual(edit.After.Objects) ? int.MaxValue : 0),
    };
}
