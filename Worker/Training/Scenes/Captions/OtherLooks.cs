namespace RenderFarm.Training.Scenes.Captions;

/// <summary>
/// A scene's caption as it would be, word for word, if its objects had other shapes, other colours, or both. No held-out pair is told of.
/// </summary>
/// <param name="Own">The scene's own.</param>
/// <param name="OtherShapes">With other shapes.</param>
/// <param name="OtherColours">With other colours.</param>
/// <param name="OtherBoth">With those shapes and those colours.</param>
internal sealed record OtherLooks(Caption Own, Caption OtherShapes, Caption OtherColours, Caption OtherBoth)
{
    private const int Tries = 20; // the first mostly succeeds

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
            if (Draw(scene.Objects, item => item.Shape, (item, shape) => shape != item.Shape && Shown(shape, item.Colour), shapes, random) is not { } shapeOf) continue;
            if (Draw(scene.Objects, item => item.Colour, (item, colour) => colour != item.Colour && Shown(item.Shape, colour) && Shown(shapeOf[item.Shape], colour), colours, random) is not { } colourOf) continue;
            return new OtherLooks(
                write(scene),
                write(With(scene, item => item with { Shape = shapeOf[item.Shape] })),
                write(With(scene, item => item with { Colour = colourOf[item.Colour] })),
                write(With(scene, item => item with { Shape = shapeOf[item.Shape], Colour = colourOf[item.Colour] })));
        }
        return null;
    }

    private static bool Shown(Shape shape, Colour colour) => !HeldOutPairs.Contains(shape, colour);

    /// <summary>For each look that objects have another one that suits them all; null where there is none for one of them.</summary>
    private static Dictionary<T, T>? Draw<T>(IReadOnlyList<SceneObject> objects, Func<SceneObject, T> lookOf, Func<SceneObject, T, bool> suits, T[] looks, SceneRandom random) where T : struct
    {
        var drawn = new Dictionary<T, T>();
        foreach (var alike in objects.GroupBy(lookOf))
        {
            T[] possible = [.. looks.Where(look => alike.All(item => suits(item, look)))];
            if (possible.Length == 0) return null;
            drawn[alike.Key] = random.Pick(possible);
        }
        return drawn;
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
