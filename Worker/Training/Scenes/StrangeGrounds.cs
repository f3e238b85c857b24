namespace RenderFarm.Training.Scenes;

/// <summary>
/// Gives backgrounds values for which there is no word: any at all on which the objects are visible (domain randomisation, Tobin et al. 2017). An object's outline is seen by how its colour differs
/// from the background's; on other backgrounds colours that a shape may have differ as on the known ones only its held-out ones do. Nor does such a background show in a held-out shape of its own within a ring or an outline.
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

    /// <summary>The same edit of a picture on a strange background, which stays unless the edit asks for another.</summary>
    public static Edit Disguise(Edit edit, SceneRandom random)
    {
        var before = Disguise(edit.Before, random);
        return edit with { Before = before, After = edit.Kind == EditKind.Background ? edit.After : edit.After with { StrangeGround = before.StrangeGround } };
    }

    private static bool Suits(SceneObject item, (byte Red, byte Green, byte Blue) ground) =>
        Palette.IsVisible(Palette.Of(item.Colour), ground)
        && (item.Fill is Fill.Plain or Fill.Outlined || Palette.IsVisible(Palette.SecondTone(item.Colour), ground))
        && !(Within(item) is { } shape && StrangePaints.IsHeldOut(shape, ground));

    /// <summary>The shape in which the background shows within an object, if it does.</summary>
    private static Shape? Within(SceneObject item) => item.Fill == Fill.Outlined ? item.Shape : item.Shape == Shape.Ring ? Shape.Circle : null;
}
