using System.Collections.Immutable;
using RenderFarm.Training.Evaluation.Judging;
using RenderFarm.Training.Scenes;
using RenderFarm.Training.Scenes.Captions;
using Xunit;

namespace RenderFarm.Training.Tests.Evaluation.Judging;

public sealed class SceneJudgeTests
{
    [Fact]
    public void Judge_TruePictures_SaysOneHundredPercent()
    {
        foreach (var (caption, pixels) in TestPictures.Draw(600, seed: 11))
            AssertRight(caption, pixels);
    }

    [Theory]
    [InlineData(World.Wide)]
    [InlineData(World.Rich)]
    public void Judge_TrueWidePictures_SaysOneHundredPercent(World world)
    {
        foreach (var (caption, pixels) in TestPictures.Draw(300, seed: 14, world: world))
            AssertRight(caption, pixels, world: world);
    }

    [Fact]
    public void Judge_TrueWidePicturesBlurredAndNoisy_SaysOneHundredPercent()
    {
        var random = new SceneRandom(15);
        foreach (var (caption, pixels) in TestPictures.Draw(60, seed: 15, world: World.Wide))
            AssertRight(caption, TestPictures.AddNoise(TestPictures.Blur(pixels, 256, 1), 4, random));
    }

    [Fact]
    public void Judge_EveryPatternThereCanBe_IsFullyRightAlone()
    {
        using var painter = new ScenePainter();
        var index = 0;
        foreach (var shape in Enum.GetValues<Shape>())
            foreach (var colour in Enum.GetValues<Colour>())
                foreach (var fill in Enum.GetValues<Fill>().Where(fill => fill == Fill.Plain || (fill == Fill.Outlined ? Outlines.CanBeAlone(shape) : Palette.HasSecondTone(colour))))
                    {
                        var grounds = Enum.GetValues<Background>().Where(ground => Palette.IsVisible(colour, ground)).ToArray();
                        var scene = new Scene(grounds[index++ % grounds.Length], [new SceneObject(shape, colour, ObjectSize.Large, Place.Centre, fill)]);
                        AssertRight(CaptionWriter.Write(scene, new SceneRandom(0)), painter.Paint(scene, 256));
                    }
    }

    [Fact]
    public void Judge_AnotherFill_FindsOnlyTheFillWrong()
    {
        using var painter = new ScenePainter();
        var random = new SceneRandom(25);
        foreach (var (caption, _) in TestPictures.Draw(150, seed: 25, world: World.Wide).Where(drawn => drawn.Caption.Scene.Objects[0] is { Size: ObjectSize.Large, Shape: not (Shape.Ring or Shape.Crescent) }))
        {
            var scene = caption.Scene;
            var changed = scene.Objects[0] with { Fill = Other(scene.Objects[0].Fill, random) };
            var verdict = Judge(painter.Paint(scene with { Objects = scene.Objects.SetItem(0, changed) }, 256), caption);
            Assert.True(verdict.Objects[0] is { ShapeRight: true, ColourRight: true, SizeRight: true, PlaceRight: true, FillRight: false }, $"{caption.Text}, drawn {changed}, judged {verdict.Objects[0]}");
            Assert.False(verdict.FullyRight);
        }
    }

    [Fact]
    public void Judge_TruePicturesBlurredAndNoisy_SaysOneHundredPercent()
    {
        var random = new SceneRandom(12);
        foreach (var (caption, pixels) in TestPictures.Draw(300, seed: 12))
            AssertRight(caption, TestPictures.AddNoise(TestPictures.Blur(pixels, 256, 1.5), 4, random));
    }

    [Fact]
    public void Judge_EveryObjectThereCanBe_IsFullyRightAlone()
    {
        using var painter = new ScenePainter();
        var index = 0;
        foreach (var shape in Enum.GetValues<Shape>())
            foreach (var colour in Enum.GetValues<Colour>())
                foreach (var size in Enum.GetValues<ObjectSize>())
                    {
                        var grounds = Enum.GetValues<Background>().Where(ground => Palette.IsVisible(colour, ground)).ToArray();
                        var place = Enum.GetValues<Place>()[index % 9];
                        var scene = new Scene(grounds[index++ % grounds.Length], [new SceneObject(shape, colour, size, place)]);
                        AssertRight(CaptionWriter.Write(scene, new SceneRandom(0)), painter.Paint(scene, 256));
                    }
    }

    [Theory]
    [InlineData(32)]
    [InlineData(64)]
    [InlineData(128)]
    [InlineData(512)]
    public void Judge_OtherSides_SaysOneHundredPercent(int side)
    {
        foreach (var (caption, pixels) in TestPictures.Draw(100, seed: 13, side))
            AssertRight(caption, pixels, side);
    }

    [Fact]
    public void Judge_AnotherShape_FindsOnlyTheShapeWrong() => AssertCaught(
        (item, random) => item with { Shape = Other(item.Shape, random) },
        verdict => verdict is { ShapeRight: false, ColourRight: true, SizeRight: true, PlaceRight: true });

    [Fact]
    public void Judge_AnotherColour_FindsOnlyTheColourWrong() => AssertCaught(
        (item, random) => item with { Colour = Other(item.Colour, random) },
        verdict => verdict is { ShapeRight: true, ColourRight: false, SizeRight: true, PlaceRight: true });

    [Fact]
    public void Judge_AnotherSize_FindsOnlyTheSizeWrong() => AssertCaught(
        (item, random) => item with { Size = Other(item.Size, random) },
        verdict => verdict is { ShapeRight: true, ColourRight: true, SizeRight: false, PlaceRight: true });

    [Fact]
    public void Judge_AnotherPlace_FindsThePlaceWrong() => AssertCaught(
        (item, random) => item with { Place = Other(item.Place, random) },
        verdict => verdict is { ShapeRight: true, ColourRight: true, SizeRight: true, PlaceRight: false },
        most: 1);

    [Fact]
    public void Judge_ObjectMissing_FindsItAbsent()
    {
        using var painter = new ScenePainter();
        foreach (var (caption, _) in TestPictures.Draw(300, seed: 21))
        {
            var scene = caption.Scene;
            var verdict = Judge(painter.Paint(scene with { Objects = scene.Objects.RemoveAt(0) }, 256), caption);
            Assert.False(verdict.Objects[0].Present, caption.Text);
            Assert.All(verdict.Objects.Skip(1), item => Assert.True(item.FullyRight, caption.Text));
            Assert.False(verdict.FullyRight);
        }
    }

    [Fact]
    public void Judge_ObjectThatNobodyAskedFor_IsAnExtra()
    {
        foreach (var (caption, pixels) in TestPictures.Draw(300, seed: 22, least: 2))
        {
            var asked = caption.Scene with { Objects = caption.Scene.Objects.RemoveAt(0) };
            var verdict = Judge(pixels, CaptionWriter.Write(asked, new SceneRandom(0)));
            Assert.Single(verdict.Extras);
            Assert.Equal(caption.Scene.Objects[0].Shape, verdict.Extras[0].Shape);
            Assert.All(verdict.Objects, item => Assert.True(item.FullyRight, caption.Text));
            Assert.False(verdict.FullyRight);
        }
    }

    [Fact]
    public void Judge_AnotherBackground_FindsItWrong()
    {
        using var painter = new ScenePainter();
        var random = new SceneRandom(23);
        foreach (var (caption, _) in TestPictures.Draw(300, seed: 23))
        {
            var scene = caption.Scene;
            var others = Enum.GetValues<Background>().Where(ground => ground != scene.Background && scene.Objects.All(item => Palette.IsVisible(item.Colour, ground))).ToArray();
            var drawn = random.Pick(others);
            var verdict = Judge(painter.Paint(scene with { Background = drawn }, 256), caption);
            Assert.Equal(drawn, verdict.Background);
            Assert.False(verdict.FullyRight);
            Assert.All(verdict.Objects, item => Assert.True(item.FullyRight, caption.Text));
        }
    }

    [Fact]
    public void Judge_WhatTheCaptionLeavesOpen_IsNotAsked()
    {
        using var painter = new ScenePainter();
        var scene = new Scene(Background.White, [new SceneObject(Shape.Star, Colour.Blue, ObjectSize.Large, Place.TopLeft)]);
        var drawn = new Scene(Background.Black, [new SceneObject(Shape.Star, Colour.Blue, ObjectSize.Small, Place.BottomRight)]);
        var caption = new Caption("a blue star", scene, SaysBackground: false, SaysPlaces: false, [false]);
        Assert.True(Judge(painter.Paint(drawn, 256), caption).FullyRight);
    }

    [Fact]
    public void Judge_BlobsAndNoise_AreNoShapes()
    {
        var random = new SceneRandom(24);
        var pixels = TestPictures.AddNoise(new byte[256 * 256 * 3], 120, random);
        var caption = TestPictures.Draw(1, seed: 24).First().Caption;
        Assert.False(Judge(TestPictures.Blur(pixels, 256, 6), caption).FullyRight);
        Assert.DoesNotContain(Judge(TestPictures.Blur(pixels, 256, 3), caption).Objects, item => item.FullyRight);
    }

    private static void AssertRight(Caption caption, byte[] pixels, int side = 256, World world = World.Rich)
    {
        var verdict = SceneJudge.Judge(new RgbPicture(side, pixels), caption, world);
        Assert.True(verdict.FullyRight, $"{caption.Text}: {string.Join("; ", verdict.Objects)}; extras {string.Join("; ", verdict.Extras)}; on {verdict.Background}");
    }

    /// <summary>Paints each scene with its first object changed and judges it by the unchanged caption.</summary>
    private static void AssertCaught(Func<SceneObject, SceneRandom, SceneObject> change, Predicate<ObjectVerdict> expected, int most = 3)
    {
        using var painter = new ScenePainter();
        var random = new SceneRandom(20);
        foreach (var (caption, _) in TestPictures.Draw(most == 1 ? 600 : 300, seed: 20).Where(drawn => drawn.Caption.Scene.Objects.Length <= most))
        {
            var scene = caption.Scene;
            SceneObject changed;
            do
                changed = change(scene.Objects[0], random);
            while (!Palette.IsVisible(changed.Colour, scene.Background));
            var verdict = Judge(painter.Paint(scene with { Objects = scene.Objects.SetItem(0, changed) }, 256), caption);
            Assert.True(expected(verdict.Objects[0]), $"{caption.Text}, drawn {changed}, judged {verdict.Objects[0]}");
            Assert.All(verdict.Objects.Skip(1), item => Assert.True(item.FullyRight, caption.Text));
            Assert.False(verdict.FullyRight);
        }
    }

    private static SceneVerdict Judge(byte[] pixels, Caption caption) => SceneJudge.Judge(new RgbPicture(256, pixels), caption, World.Rich);

    private static T Other<T>(T value, SceneRandom random)
        where T : struct, Enum => random.Pick([.. Enum.GetValues<T>().Where(other => !other.Equals(value)).ToImmutableArray()]);
}
