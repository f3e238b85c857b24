using RenderFarm.Training.Scenes.Captions;
using RenderFarm.Training.Scenes.Edits;

namespace RenderFarm.Training.Scenes.DomainRandomisation;

/// <summary>
/// Gives objects colours and shapes for which the wide world has no words, so that shape is recognised whatever the colour and colour whatever the shape
/// (domain randomisation, Tobin et al. 2017): a pair that was never shown is then made of two things that were. No held-out pair comes about. Which values those colours have, <see cref="StrangePaints"/> says.
/// </summary>
internal static class StrangeLooks
{
    private const double StrangeColour = 0.47; // shares of objects
    private const double StrangeShape = 0.47;

    private static readonly Colour[] Colours = [.. Enum.GetValues<Colour>().Where(colour => !World.Wide.Has(colour))];
    private static readonly Shape[] Shapes = [.. Enum.GetValues<Shape>().Where(shape => !World.Wide.Has(shape))];

    /// <summary>The same edit of a picture with strange objects. What the instruction changes of an object, or names, stays what it is; the rest of the same object may be strange.</summary>
    public static Edit Disguise(Edit edit, SceneRandom random)
    {
        var words = edit.Instruction.Split([' ', ',', '-']);
        foreach (var item in edit.Before.Objects)
        {
            var look = random.NextDouble();
            var then = edit.After.Objects.FirstOrDefault(other => other.Place == item.Place, item); // edits move nothing; one that is removed may look as it will
            if (item.Fill != Fill.Plain || then.Fill != Fill.Plain) continue; // patterns have tones for their colours
            if (look < StrangeColour)
            {
                Colour[] visible = [.. Colours.Where(each => Palette.IsVisible(each, edit.Before.Background) && Palette.IsVisible(each, edit.After.Background))];
                if (visible.Length == 0 || item.Colour != then.Colour || Names(words, Words.Of(item.Colour))) continue;
                var colour = random.Pick(visible);
                edit = Exchange(edit, item.Place, other => other with { Colour = colour });
            }
            else if (look < StrangeColour + StrangeShape && item.Shape == then.Shape && !Names(words, Words.Of(item.Shape)))
            {
                var shape = random.Pick(Shapes);
                edit = Exchange(edit, item.Place, other => other with { Shape = shape });
            }
        }
        return edit;
    }

    private static bool Names(string[] words, string[] names) => names.Any(name => words.Contains(name.Split(' ')[0]));

    private static Edit Exchange(Edit edit, Place place, Func<SceneObject, SceneObject> change) => edit with { Before = Exchange(edit.Before, place, change), After = Exchange(edit.After, place, change) };

    private static Scene Exchange(Scene scene, Place place, Func<SceneObject, SceneObject> change) =>
        scene with { Objects = [.. scene.Objects.Select(item => item.Place == place ? change(item) : item)] };
}
