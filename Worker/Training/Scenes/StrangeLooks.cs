namespace RenderFarm.Training.Scenes;

/// <summary>
/// Gives objects colours and shapes for which the wide world has no words, so that shape is recognised whatever the colour and colour whatever the shape
/// (domain randomisation, Tobin et al. 2017): a pair that was never shown is then made of two things that were. No held-out pair comes about. Which values those colours have, <see cref="StrangePaints"/> says.
/// </summary>
internal static class StrangeLooks
{
    private const double StrangeColour = 0.5; // shares of objects
    private const double StrangeShape = 0.2;

    private static readonly Colour[] Colours = [.. Enum.GetValues<Colour>().Where(colour => !World.Wide.Has(colour))];
    private static readonly Shape[] Shapes = [.. Enum.GetValues<Shape>().Where(shape => !World.Wide.Has(shape))];

    /// <summary>The same edit of a picture with strange objects. What the instruction changes or names stays what it is.</summary>
    public static Edit Disguise(Edit edit, SceneRandom random)
    {
        var words = edit.Instruction.Split([' ', ',', '-']);
        foreach (var item in edit.Before.Objects)
        {
            var look = random.NextDouble();
            if (item.Fill != Fill.Plain || !edit.After.Objects.Contains(item)) continue;
            if (look < StrangeColour)
            {
                var visible = Colours.Where(colour => Palette.IsVisible(colour, edit.Before.Background) && Palette.IsVisible(colour, edit.After.Background)).ToArray();
                if (visible.Length > 0 && !Names(words, Words.Of(item.Colour))) edit = Exchange(edit, item, item with { Colour = random.Pick(visible) });
            }
            else if (look < StrangeColour + StrangeShape && !Names(words, Words.Of(item.Shape)))
            {
                edit = Exchange(edit, item, item with { Shape = random.Pick(Shapes) });
            }
        }
        return edit;
    }

    private static bool Names(string[] words, string[] names) => names.Any(name => words.Contains(name.Split(' ')[0]));

    private static Edit Exchange(Edit edit, SceneObject item, SceneObject other) => edit with { Before = Exchange(edit.Before, item, other), After = Exchange(edit.After, item, other) };

    private static Scene Exchange(Scene scene, SceneObject item, SceneObject other) => scene with { Objects = scene.Objects.Replace(item, other) };
}
