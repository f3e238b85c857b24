using RenderFarm.Training.Scenes.Edits;

namespace RenderFarm.Training.Scenes.DomainRandomisation;

/// <summary>
/// Gives backgrounds any value on which the objects are visible, named or not, to be left open (domain randomisation, Tobin et al. 2017). An outline is seen by how an object's colour differs from the
/// background's, and on the known backgrounds some differences come only with the colours that are held out for a shape; on any background its other colours have them, too.
/// </summary>
internal static class StrangeGrounds
{
    private const double Share = 0.5; // of scenes
    private const int Tries = 10;

    /// <summary>The same scene, or one on a strange background.</summary>
    public static Scene Disguise(Scene scene, SceneRandom random)
    {
        if (!random.Chance(Share)) return scene;
        for (var attempt = 0; attempt < Tries; attempt++)
        {
            (byte, byte, byte) ground = ((byte)random.Next(256), (byte)random.Next(256), (byte)random.Next(256));
            if (scene.Objects.All(item => Suits(item, ground))) return scene with { StrangeGround = ground };
        }
        return scene;
    }

    /// <summary>The same edit, or one of a picture on a strange background, which stays unless the edit asks for another. What the edit makes of objects need not be visible on it: that is never painted.</summary>
    public static Edit Disguise(Edit edit, SceneRandom random)
    {
        var before = Disguise(edit.Before, random);
        return edit with { Before = before, After = edit.Kind == EditKind.Background ? edit.After : edit.After with { StrangeGround = before.StrangeGround } };
    }

    private static bool Suits(SceneObject item, (byte Red, byte Green, byte Blue) ground) =>
        Palette.IsVisible(Palette.Of(item.Colour), ground) && (item.Fill is Fill.Plain or Fill.Outlined || Palette.IsVisible(Palette.SecondTone(item.Colour), ground));
}
