using System.Collections.Frozen;
using static RenderFarm.Training.Scenes.Colour;

namespace RenderFarm.Training.Scenes;

/// <summary>The 24 colour-shape pairs that training never shows: three for each of the first eight shapes, two or three for each of the first ten colours.</summary>
internal static class HeldOutPairs
{
    private static readonly FrozenDictionary<Shape, Colour[]> ByShape = new Dictionary<Shape, Colour[]>
    {
        [Shape.Circle] = [Red, Green, Pink],
        [Shape.Square] = [Orange, Blue, Brown],
        [Shape.Triangle] = [Yellow, Purple, Black],
        [Shape.Star] = [Green, Pink, White],
        [Shape.Heart] = [Blue, Brown, Red],
        [Shape.Cross] = [Purple, Black, Orange],
        [Shape.Ring] = [Pink, White, Yellow],
        [Shape.Crescent] = [Brown, Red, Green],
    }.ToFrozenDictionary();

    /// <summary>Every held-out pair.</summary>
    public static IEnumerable<(Shape Shape, Colour Colour)> All => ByShape.SelectMany(pair => pair.Value.Select(colour => (pair.Key, colour)));

    /// <summary>Whether training must not show this pair.</summary>
    public static bool Contains(Shape shape, Colour colour) => ByShape.TryGetValue(shape, out var colours) && Array.IndexOf(colours, colour) >= 0;
}
