using SkiaSharp;

namespace RenderFarm.Training.Scenes;

/// <summary>
/// The shapes' outlines for a radius of 1 around the origin, y downwards. Each is centred by its extent and scaled so that all
/// look about equally large: extents of 2 to 2.3, areas of 1.6 to 3.1.
/// </summary>
internal static class Outlines
{
    /// <summary>Whether a shape's outline alone tells it from the whole: not where its own parts are as thin as a line.</summary>
    public static bool CanBeAlone(Shape shape) => shape is not (Shape.Ring or Shape.Crescent or Shape.Arrow or Shape.Hourglass or Shape.Chevron);

    /// <summary>A new outline; the caller disposes it.</summary>
    public static SKPath Of(Shape shape) => shape switch
    {
        Shape.Circle => Circles(1),
        Shape.Square => Bar(0.86f, 0.86f),
        Shape.Triangle => Polygon([(0, -1), (1.08f, 0.86f), (-1.08f, 0.86f)]),
        Shape.Star => Star(1.15f, 0.52f, 0.11f),
        Shape.Heart => Heart(0.86f),
        Shape.Cross => Cross(1, 0.36f),
        Shape.Ring => Circles(1, 0.52f),
        Shape.Crescent => Crescent(),
        Shape.Diamond => Polygon([(0, -1.15f), (1.15f, 0), (0, 1.15f), (-1.15f, 0)]),
        Shape.Oval => Oval(0.72f, 1.15f),
        Shape.Bar => Bar(1.1f, 0.55f),
        Shape.Arrow => Polygon([(0, -1.1f), (1, 0), (0.42f, 0), (0.42f, 1.1f), (-0.42f, 1.1f), (-0.42f, 0), (-1, 0)]),
        Shape.Drop => Drop(0.75f, 1.1f),
        Shape.Dome => Dome(1.15f),
        Shape.Hourglass => Polygon([(-0.95f, -1), (0.95f, -1), (0.2f, 0), (0.95f, 1), (-0.95f, 1), (-0.2f, 0)]),
        Shape.Chevron => Polygon([(0, -0.95f), (1.1f, 0.15f), (1.1f, 0.95f), (0, -0.15f), (-1.1f, 0.95f), (-1.1f, 0.15f)]),
        _ => throw new ArgumentOutOfRangeException(nameof(shape), shape, "This shape has no outline; add it here."),
    };

    private static SKPath Circles(params float[] radii)
    {
        var path = new SKPath { FillType = SKPathFillType.EvenOdd };
        foreach (var radius in radii)
            path.AddCircle(0, 0, radius);
        return path;
    }

    private static SKPath Bar(float halfWidth, float halfHeight)
    {
        var path = new SKPath();
        path.AddRect(new SKRect(-halfWidth, -halfHeight, halfWidth, halfHeight));
        return path;
    }

    private static SKPath Oval(float halfWidth, float halfHeight)
    {
        var path = new SKPath();
        path.AddOval(new SKRect(-halfWidth, -halfHeight, halfWidth, halfHeight));
        return path;
    }

    /// <summary>A disc on the ground of the extent, and its tangents up to the tip.</summary>
    private static SKPath Drop(float radius, float extent)
    {
        var centre = extent - radius;
        var sine = radius / (centre + extent);
        var cosine = MathF.Sqrt(1 - (sine * sine));
        using var disc = new SKPath();
        disc.AddCircle(0, centre, radius);
        using var tip = Polygon([(0, -extent), (radius * cosine, centre - (radius * sine)), (-radius * cosine, centre - (radius * sine))]);
        return disc.Op(tip, SKPathOp.Union);
    }

    /// <summary>The upper half of a disc, moved down so that its extent is centred.</summary>
    private static SKPath Dome(float radius)
    {
        using var disc = new SKPath();
        disc.AddCircle(0, radius / 2, radius);
        using var upper = new SKPath();
        upper.AddRect(new SKRect(-radius, -radius, radius, radius / 2));
        return disc.Op(upper, SKPathOp.Intersect);
    }

    private static SKPath Cross(float length, float width) => Polygon(
    [
        (-width, -length), (width, -length), (width, -width), (length, -width), (length, width), (width, width),
        (width, length), (-width, length), (-width, width), (-length, width), (-length, -width), (-width, -width),
    ]);

    /// <summary>Five tips, one straight up; moved down so that its extent is centred.</summary>
    private static SKPath Star(float outer, float inner, float down) => Polygon([.. Enumerable.Range(0, 10).Select(i =>
    {
        var radius = i % 2 == 0 ? outer : inner;
        var (sine, cosine) = MathF.SinCos(i * MathF.PI / 5);
        return (radius * sine, down - (radius * cosine));
    })]);

    /// <summary>A square standing on its corner, with a half disc on each of its upper sides.</summary>
    private static SKPath Heart(float half)
    {
        var lobe = half / MathF.Sqrt(2);
        var down = (half / 2 + lobe - half) / 2;
        using var square = Polygon([(0, down - half), (half, down), (0, down + half), (-half, down)]);
        using var left = new SKPath();
        using var right = new SKPath();
        left.AddCircle(-half / 2, down - half / 2, lobe);
        right.AddCircle(half / 2, down - half / 2, lobe);
        using var upper = left.Op(right, SKPathOp.Union);
        return upper.Op(square, SKPathOp.Union);
    }

    /// <summary>A disc less another one to its right, so that it opens to the right.</summary>
    private static SKPath Crescent()
    {
        using var disc = new SKPath();
        using var bite = new SKPath();
        disc.AddCircle(0.26f, 0, 1.1f);
        bite.AddCircle(0.82f, 0, 0.93f);
        return disc.Op(bite, SKPathOp.Difference);
    }

    private static SKPath Polygon((float X, float Y)[] corners)
    {
        var path = new SKPath();
        path.AddPoly([.. corners.Select(corner => new SKPoint(corner.X, corner.Y))], close: true);
        return path;
    }
}
