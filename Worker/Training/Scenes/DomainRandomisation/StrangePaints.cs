using RenderFarm.Training.Evaluation.Judging;

namespace RenderFarm.Training.Scenes.DomainRandomisation;

/// <summary>
/// Values for colours that a model has no words for: any at all, so that shapes are recognised in every colour there is (domain randomisation, Tobin et al. 2017). None is seen as one that a
/// judge would name by a colour held out for a shape that has it.
/// </summary>
/// <param name="isStrange">Whether there is no word for a colour.</param>
internal sealed class StrangePaints(Predicate<Colour> isStrange)
{
    private const int Tries = 20; // the first mostly succeeds

    /// <summary>The values of a scene's colours, and of those wanted; <see cref="Palette"/>'s for those with words, and where no other was found.</summary>
    /// <param name="scene">Whose colours.</param>
    /// <param name="wanted">The scene that an instruction makes of it: its objects, too, must not be of held-out pairs.</param>
    /// <param name="shift">Levels by which each channel of the whole picture is shifted afterwards: what is seen is what counts.</param>
    /// <param name="random">Where values come from.</param>
    public IReadOnlyDictionary<Colour, (byte Red, byte Green, byte Blue)> Of(Scene scene, Scene wanted, (double Red, double Green, double Blue) shift, SceneRandom random) =>
        scene.Objects.Concat(wanted.Objects).GroupBy(item => item.Colour).ToDictionary(alike => alike.Key, alike => isStrange(alike.Key) ? Draw(alike, scene.Ground, shift, random) : Palette.Of(alike.Key));

    private static (byte Red, byte Green, byte Blue) Draw(IGrouping<Colour, SceneObject> alike, (byte Red, byte Green, byte Blue) ground, (double Red, double Green, double Blue) shift, SceneRandom random)
    {
        for (var attempt = 0; attempt < Tries; attempt++)
        {
            (byte Red, byte Green, byte Blue) paint = ((byte)random.Next(256), (byte)random.Next(256), (byte)random.Next(256));
            var seen = (Shifted(paint.Red, shift.Red), Shifted(paint.Green, shift.Green), Shifted(paint.Blue, shift.Blue));
            if (Palette.IsVisible(paint, ground) && !alike.Any(item => IsHeldOut(item.Shape, seen))) return paint;
        }
        return Palette.Of(alike.Key);
    }

    private static byte Shifted(byte level, double shift) => (byte)Math.Clamp(Math.Round(level + shift), 0, 255);

    /// <summary>Whether a judge would name this value by a colour that is held out for the shape.</summary>
    public static bool IsHeldOut(Shape shape, (byte Red, byte Green, byte Blue) seen) =>
        ReferenceColours.NearestObject(new Rgb(seen.Red, seen.Green, seen.Blue), World.Wide) is { } name && HeldOutPairs.Contains(shape, name);
}
