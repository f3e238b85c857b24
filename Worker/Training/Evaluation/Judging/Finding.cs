using RenderFarm.Training.Scenes;

namespace RenderFarm.Training.Evaluation.Judging;

/// <summary>What the judge takes a blob for. Null where it is nothing of the world.</summary>
internal sealed record Finding(Shape? Shape, Colour? Colour, ObjectSize? Size, Place? Place, Fill? Fill, double Overlap)
{
    /// <summary>
    /// A blob that fits no template better than this is no shape. True pictures reach 0.95 (0.87 at 32 px); the shapes most alike,
    /// circle and square, reach 0.83 with each other's template.
    /// </summary>
    private const double LeastOverlap = 0.85;

    /// <summary>Share of the inside that must have the one colour.</summary>
    private const double LeastShare = 0.8;

    /// <summary>How far a radius may be off its nominal size, as a factor; the two sizes meet at 1.26.</summary>
    private const double SizeTolerance = 1.22;

    /// <summary>
    /// How far from its place an object may stand, as a fraction of the side. Places are 0.25 apart; in crowded scenes the outer ones move outwards by 0.05.
    /// </summary>
    private const double PlaceTolerance = 0.1;

    private static readonly (Place Place, double X, double Y)[] Places =
    [
        (Scenes.Place.TopLeft, 0.25, 0.25), (Scenes.Place.TopRight, 0.75, 0.25), (Scenes.Place.BottomLeft, 0.25, 0.75),
        (Scenes.Place.BottomRight, 0.75, 0.75), (Scenes.Place.Centre, 0.5, 0.5),
        (Scenes.Place.Top, 0.5, 0.25), (Scenes.Place.Left, 0.25, 0.5), (Scenes.Place.Right, 0.75, 0.5), (Scenes.Place.Bottom, 0.5, 0.75),
    ];

    private static readonly (ObjectSize Size, double Radius)[] Sizes = [(ObjectSize.Large, 0.2), (ObjectSize.Small, 0.125)];

    /// <summary>Reads shape, colour, size, place and fill off a blob.</summary>
    public static Finding Of(JudgedImage image, Blob blob, World world)
    {
        var match = ShapeMatch.Best(blob, world);
        var size = Sizes.MinBy(candidate => Math.Abs(Math.Log(match.Radius / candidate.Radius)));
        var place = Places.MinBy(candidate => Distance(candidate.X, candidate.Y, match));
        return new Finding(
            match.Overlap >= LeastOverlap ? match.Shape : null,
            ColourOf(blob, world),
            Math.Abs(Math.Log(match.Radius / size.Radius)) <= Math.Log(SizeTolerance) ? size.Size : null,
            Distance(place.X, place.Y, match) <= PlaceTolerance ? place.Place : null,
            blob.Pattern is { } pattern ? pattern.FillOf(image, blob) : match.Outlined ? Scenes.Fill.Outlined : Scenes.Fill.Plain,
            match.Overlap);
    }

    private static Colour? ColourOf(Blob blob, World world)
    {
        if (blob.Pattern is { } pattern)
            return pattern.Colour;
        var colour = ReferenceColours.NearestObject(blob.Colour, world);
        var same = blob.Core.Count(pixel => ReferenceColours.NearestObject(pixel, world) == colour);
        return same >= LeastShare * blob.Core.Count ? colour : null;
    }

    private static double Distance(double x, double y, ShapeMatch match) =>
        Math.Sqrt(((x - match.PlaceX) * (x - match.PlaceX)) + ((y - match.PlaceY) * (y - match.PlaceY)));
}
