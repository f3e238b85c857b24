using RenderFarm.Training.Evaluation.Judging;
using RenderFarm.Training.Scenes;
using RenderFarm.Training.Scenes.Captions;
using RenderFarm.Training.Scenes.Edits;
using Xunit;

namespace RenderFarm.Training.Tests.Evaluation.Judging;

/// <summary>A red circle and a green star on white, one change asked for, and pictures that show this or that.</summary>
public sealed class EditVerdictTests : IDisposable
{
    private static readonly SceneObject Circle = new(Shape.Circle, Colour.Red, ObjectSize.Small, Place.TopLeft);
    private static readonly SceneObject Star = new(Shape.Star, Colour.Green, ObjectSize.Small, Place.BottomRight);
    private static readonly SceneObject Heart = new(Shape.Heart, Colour.Purple, ObjectSize.Small, Place.TopRight);
    private static readonly Scene Before = new(Background.White, [Circle, Star]);

    private readonly ScenePainter _painter = new();

    public void Dispose() => _painter.Dispose();

    [Theory]
    [InlineData(true, false, true, false)]
    [InlineData(false, true, false, true)]
    [InlineData(true, true, true, true)]
    [InlineData(false, false, false, false)]
    public void Of_Recolouring_AsksForTheColourAndKeepsTheOther(bool isOrange, bool starStays, bool changed, bool kept) => Demand(
        EditKind.Colour, Before with { Objects = [Circle with { Colour = Colour.Orange }, Star] },
        Before with { Objects = [isOrange ? Circle with { Colour = Colour.Orange } : Circle, starStays ? Star : Star with { Shape = Shape.Heart }] }, changed, kept);

    [Fact]
    public void Of_RecolouredObjectOfAnotherSize_IsChangedAndNotKept() => Demand(
        EditKind.Colour, Before with { Objects = [Circle with { Colour = Colour.Orange }, Star] },
        Before with { Objects = [Circle with { Colour = Colour.Orange, Size = ObjectSize.Large }, Star] }, changed: true, kept: false);

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Of_Background_AsksForItAlone(bool isBlack) => Demand(
        EditKind.Background, Before with { Background = Background.Black }, Before with { Background = isBlack ? Background.Black : Background.White }, changed: isBlack, kept: true);

    [Fact]
    public void Of_BackgroundAndAnObjectLost_IsChangedAndNotKept() => Demand(
        EditKind.Background, Before with { Background = Background.Black }, new Scene(Background.Black, [Circle]), changed: true, kept: false);

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Of_Added_KeepsTheBackground(bool isWhite) => Demand(
        EditKind.Add, Before with { Objects = [Circle, Star, Heart] }, new Scene(isWhite ? Background.White : Background.Gray, [Circle, Star, Heart]), changed: true, kept: isWhite);

    [Fact]
    public void Of_Removed_TheRestTakesItsLooks_IsChangedAndNotKept() => Demand(
        EditKind.Remove, Before with { Objects = [Circle] }, Before with { Objects = [Circle with { Colour = Colour.Green }] }, changed: true, kept: false);

    [Fact]
    public void Of_Removed_StillThere_IsNotChangedAndKept() => Demand(EditKind.Remove, Before with { Objects = [Circle] }, Before, changed: false, kept: true);

    [Fact]
    public void Of_Removed_AnotherComes_IsChangedAndNotKept() => Demand(
        EditKind.Remove, Before with { Objects = [Circle] }, Before with { Objects = [Circle, Heart] }, changed: true, kept: false);

    private void Demand(EditKind kind, Scene after, Scene drawn, bool changed, bool kept)
    {
        var verdict = SceneJudge.Judge(new RgbPicture(256, _painter.Paint(drawn, 256)), CaptionWriter.Write(after, new SceneRandom(1)), World.First);
        Assert.Equal(new EditVerdict(kind, changed, kept), EditVerdict.Of(new Edit(kind, "", Before, after), verdict));
    }
}
