using RenderFarm.Training.ImagePretraining;
using RenderFarm.Training.Scenes;
using RenderFarm.Training.Scenes.DomainRandomisation;
using Xunit;
using static TorchSharp.torch;

namespace RenderFarm.Training.Tests.ImagePretraining;

public sealed class ScenePicturesTests
{
    private const int Side = 64, Pictures = 200;

    /// <summary>Shifted and noisy are all pictures: by less than two colours of the world differ.</summary>
    [Theory]
    [InlineData(nameof(Colour.Red), false)]
    [InlineData(nameof(Colour.Teal), true)]
    public void Paint_ColourWithoutAWord_IsAnyAndOneWithAWordIsItself(string name, bool isAny)
    {
        var colour = Enum.Parse<Colour>(name);
        var scene = new Scene(Background.White, [new SceneObject(Shape.Square, colour, ObjectSize.Large, Place.Centre)]);
        using var pictures = new ScenePictures(Side, each => each == Colour.Teal, _ => false);

        var middles = Enumerable.Range(0, Pictures).Select(number => Middle(pictures, scene, new SceneRandom((ulong)number))).ToList();

        var (red, green, blue) = Palette.Of(colour);
        var far = middles.Count(middle => Math.Max(Math.Abs(middle[0] - red), Math.Max(Math.Abs(middle[1] - green), Math.Abs(middle[2] - blue))) > 30);
        Assert.InRange(far, isAny ? Pictures * 3 / 4 : 0, isAny ? Pictures : 0);
    }

    [Fact]
    public void Paint_ShapeThatIsWanted_HasNoColourThatIsHeldOutForIt()
    {
        var scene = new Scene(Background.Gray, [new SceneObject(Shape.Diamond, Colour.Teal, ObjectSize.Large, Place.Centre)]);
        var wanted = scene with { Objects = [scene.Objects[0] with { Shape = Shape.Heart }] };
        using var pictures = new ScenePictures(Side, each => each == Colour.Teal, _ => false);

        Assert.True(HeldOut(scene) > Pictures / 20);
        // The middle is one pixel of a picture that noise has changed.
        Assert.InRange(HeldOut(wanted), 0, Pictures / 100);

        int HeldOut(Scene then) => Enumerable.Range(0, Pictures)
            .Select(number => Middle(pictures, scene, new SceneRandom((ulong)number), then))
            .Count(middle => StrangePaints.IsHeldOut(Shape.Heart, ((byte)Math.Clamp(middle[0], 0, 255), (byte)Math.Clamp(middle[1], 0, 255), (byte)Math.Clamp(middle[2], 0, 255))));
    }

    [Theory]
    [InlineData(nameof(Shape.Square), false)]
    [InlineData(nameof(Shape.Diamond), true)]
    public void Paint_ShapeWithoutAWord_HasAnyOutlineAndOneWithAWordItsOwn(string name, bool isAny)
    {
        using var scope = NewDisposeScope();
        var scene = new Scene(Background.White, [new SceneObject(Enum.Parse<Shape>(name), Colour.Black, ObjectSize.Large, Place.Centre)]);
        using var pictures = new ScenePictures(Side, _ => false, each => each == Shape.Diamond);

        var dark = Enumerable.Range(0, Pictures).Select(number => pictures.Paint([scene], [scene], new SceneRandom((ulong)number))[0, 0].lt(0).sum().item<long>()).ToList();

        // Pixels of the object: moving and enlarging changes few, another outline many.
        Assert.Equal(isAny, dark.Max() > 1.5 * dark.Min());
    }

    /// <summary>Levels of the pixel in the middle.</summary>
    private static double[] Middle(ScenePictures pictures, Scene scene, SceneRandom random, Scene? wanted = null)
    {
        using var scope = NewDisposeScope();
        return [.. pictures.Paint([scene], [wanted ?? scene], random)[0, .., Side / 2, Side / 2].data<float>().Select(value => (value * ScenePictures.Deviation + ScenePictures.Mean) * 255)];
    }
}
