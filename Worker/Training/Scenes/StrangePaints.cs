using RenderFarm.Training.Evaluation.Judging;

namespace RenderFarm.Training.Scenes;

/// <summary>
/// Values for colours that the wide world has no words for: any at all, so that shapes are recognised in every colour there is (domain randomisation, Tobin et al. 2017). None is one that a
/// judge would name by a colour held out for a shape that has it.
/// </summary>
internal static class StrangePaints
{
    private const int Tries = 20; // half of them succeed at the first

    /// <summary>The values of a scene's colours; <see cref="Palette"/>'s for those with words, and where no other was found.</summary>
    public static IReadOnlyDictionary<Colour, (byte Red, byte Green, byte Blue)> Of(Scene scene, SceneRandom random) =>
        scene.Objects.GroupBy(item => item.Colour).ToDictionary(alike => alike.Key, alike => World.Wide.Has(alike.Key) ? Palette.Of(alike.Key) : Draw(alike, scene.Background, random));

    private static (byte Red, byte Green, byte Blue) Draw(IGrouping<Colour, SceneObject> alike, Background background, SceneRandom random)
    {
        for (var attempt = 0; attempt < Tries; attempt++)
        {
            (byte Red, byte Green, byte Blue) paint = ((byte)random.Next(256), (byte)random.Next(256), (byte)random.Next(256));
            if (Palette.IsVisible(paint, background) && !alike.Any(item => IsHeldOut(item.Shape, paint))) return paint;
        }
        return Palette.Of(alike.Key);
    }

    /// <summary>Whether a judge would name this value by a colour that is held out for the shape.</summary>
    public static bool IsHeldOut(Shape shape, (byte Red, byte Green, byte Blue) paint) =>
        ReferenceColours.NearestObject(new Rgb(paint.Red, paint.Green, paint.Blue), World.Wide) is { } name && HeldOutPairs.Contains(shape, name);
}
