namespace RenderFarm.Training.Scenes;

/// <summary>
/// A scene's caption as it would be, word for word, if its objects had other shapes, other colours, or both. No held-out pair is told of.
/// </summary>
/// <param name="Own">The scene's own.</param>
/// <param name="OtherShapes">With other shapes.</param>
/// <param name="OtherColours">With other colours.</param>
/// <param name="OtherBoth">With those shapes and those colours.</param>
internal sealed record OtherLooks(Caption Own, Caption OtherShapes, Caption OtherColours, Caption OtherBoth)
{
    private const int Tries = 300; // one in thirty is found of three objects

    /// <summary>Draws what the others are; equal objects stay equal.</summary>
    /// <param name="scene">Whose caption.</param>
    /// <param name="world">Whose shapes and colours.</param>
    /// <param name="write">Writes a scene's caption with the same choice of words each time.</param>
    /// <param name="random">Where the choices come from.</param>
    /// <returns>Null where no choice was found, which is rare.</returns>
    public static OtherLooks? Of(Scene scene, World world, Func<Scene, Caption> write, SceneRandom random)
    {
        Shape[] shapes = [.. Enum.GetValues<Shape>().Where(shape => world.Has(shape))];
        Colour[] colours = [.. Enum.GetValues<Colour>().Where(colour => world.Has(colour) && Palette.IsVisible(colour, scene.Background))];
        for (var attempt = 0; attempt < Tries; attempt++)
        {
            var shapeOf = scene.Objects.Select(item => item.Shape).Distinct().ToDictionary(shape => shape, shape => random.Pick([.. shapes.Where(other => other != shape)]));
            var colourOf = scene.Objects.Select(item => item.Colour).Distinct().ToDictionary(colour => colour, colour => random.Pick([.. colours.Where(other => other != colour)]));
            Scene[] others =
            [
                With(scene, item => item with { Shape = shapeOf[item.Shape] }),
                With(scene, item => item with { Colour = colourOf[item.Colour] }),
                With(scene, item => item with { Shape = shapeOf[item.Shape], Colour = colourOf[item.Colour] }),
            ];
            if (others.Any(other => other.Objects.Any(item => HeldOutPairs.Contains(item.Shape, item.Colour)))) continue;
            return new OtherLooks(write(scene), write(others[0]), write(others[1]), write(others[2]));
        }
        return null;
    }

    /// <summary>Whether words stand at the same places in all, which they need not: a synonym may be longer than another.</summary>
    /// <param name="pieces">A text's tokens.</param>
    public bool StandAlike(Func<string, IReadOnlyList<int>> pieces)
    {
        var (own, shapes, colours, both) = (pieces(Own.Text), pieces(OtherShapes.Text), pieces(OtherColours.Text), pieces(OtherBoth.Text));
        return shapes.Count == own.Count && colours.Count == own.Count && both.Count == own.Count
            && Enumerable.Range(0, own.Count).All(place => (shapes[place] == own[place] || colours[place] == own[place])
                && both[place] == (shapes[place] == own[place] ? colours[place] : shapes[place]));
    }

    private static Scene With(Scene scene, Func<SceneObject, SceneObject> change) => scene with { Objects = [.. scene.Objects.Select(change)] };
}
