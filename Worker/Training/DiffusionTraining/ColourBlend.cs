using RenderFarm.Training.Scenes;
using RenderFarm.Training.Scenes.Captions;
using RenderFarm.Training.Scenes.DomainRandomisation;

namespace RenderFarm.Training.DiffusionTraining;

/// <summary>
/// Colours between two for a scene's objects, with the words' states between the two words' (mixup, Zhang et al. 2018): a shape is then shown in far more colours than have words, so that a network
/// learns to draw it in any, where plain scenes teach it which shapes a colour has. No blend is one that a judge would name by a colour held out for its shape.
/// </summary>
/// <param name="Other">What is blended with: the caption of <see cref="OtherLooks.OtherShapes"/>, word for word, with the other colours.</param>
/// <param name="Share">How much of the other colours there is, from 0 to 1.</param>
/// <param name="Paints">The value of each of the scene's colours.</param>
internal sealed record ColourBlend(Caption Other, double Share, IReadOnlyDictionary<Colour, (byte Red, byte Green, byte Blue)> Paints)
{
    /// <summary>Draws a blend.</summary>
    /// <param name="looks">The scene's caption and those that its states are mixed from.</param>
    /// <param name="world">Whose colours.</param>
    /// <param name="write">Writes a scene's caption with the same choice of words each time.</param>
    /// <param name="pieces">A text's tokens.</param>
    /// <param name="random">Where the choices come from.</param>
    /// <returns>Null for scenes with patterns, which have two tones, and where words do not stand where the caption's do.</returns>
    public static ColourBlend? Of(OtherLooks looks, World world, Func<Scene, Caption> write, Func<string, IReadOnlyList<int>> pieces, SceneRandom random)
    {
        if (looks.Own.Scene.Objects.Any(item => item.Fill is Fill.Striped or Fill.Dotted) || !looks.StandAlike(pieces)) return null;
        var share = random.NextDouble();
        var colours = Draw(looks, world, share, random);
        var scene = looks.OtherShapes.Scene;
        var other = write(scene with { Objects = [.. scene.Objects.Select(item => item with { Colour = colours[item.Colour].Other })] });
        return StandsAlike(looks, other, pieces) ? new ColourBlend(other, share, colours.ToDictionary(colour => colour.Key, colour => colour.Value.Paint)) : null;
    }

    /// <summary>For each colour of the scene the one that it is blended with, and what comes out: itself where that would be held out or hard to see.</summary>
    private static Dictionary<Colour, (Colour Other, (byte Red, byte Green, byte Blue) Paint)> Draw(OtherLooks looks, World world, double share, SceneRandom random)
    {
        var (objects, others) = (looks.Own.Scene.Objects, looks.OtherShapes.Scene.Objects);
        var drawn = new Dictionary<Colour, (Colour, (byte, byte, byte))>();
        foreach (var alike in Enumerable.Range(0, objects.Length).GroupBy(number => objects[number].Colour))
        {
            Colour[] possible = [.. Enum.GetValues<Colour>().Where(colour => world.Has(colour) && alike.All(number => !HeldOutPairs.Contains(others[number].Shape, colour)))];
            var other = random.Pick(possible);
            var paint = Palette.Between(Palette.Of(alike.Key), Palette.Of(other), share);
            var suits = Palette.IsVisible(paint, looks.Own.Scene.Ground) && !alike.Any(number => StrangePaints.IsHeldOut(objects[number].Shape, paint));
            drawn[alike.Key] = suits ? (other, paint) : (alike.Key, Palette.Of(alike.Key));
        }

        return drawn;
    }

    private static bool StandsAlike(OtherLooks looks, Caption other, Func<string, IReadOnlyList<int>> pieces)
    {
        var (own, colours, from, to) = (pieces(looks.Own.Text), pieces(looks.OtherColours.Text), pieces(looks.OtherShapes.Text), pieces(other.Text));
        return to.Count == from.Count && Enumerable.Range(0, to.Count).All(place => to[place] == from[place] || own[place] != colours[place]);
    }
}
