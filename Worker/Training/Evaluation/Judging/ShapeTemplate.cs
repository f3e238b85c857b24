using RenderFarm.Training.Scenes;

namespace RenderFarm.Training.Evaluation.Judging;

/// <summary>
/// A shape as the judge knows it: which points it covers, for a radius of 1 around its place, y downwards. Written as
/// inequalities, from the world's description and not from the painter's outlines.
/// </summary>
internal sealed class ShapeTemplate
{
    /// <summary>Templates are drawn once, on a grid that reaches so far from the place; its cells are a fifth of a pixel for the largest object of the worlds.</summary>
    private const double Reach = 1.5, Step = 1.0 / 256;
    private const int Cells = (int)(2 * Reach / Step);

    private static readonly ShapeTemplate[] All =
    [
        .. Enum.GetValues<Shape>().Select(shape => new ShapeTemplate(shape, false, Coverage(shape))),
        .. Enum.GetValues<Shape>().Where(HasOutline).Select(shape => new ShapeTemplate(shape, true, OutlineOf(Coverage(shape)))),
    ];

    private static readonly ShapeTemplate[] Wide = [.. All.Where(template => World.Wide.Has(template.Shape))];

    private readonly bool[] _covered;

    private ShapeTemplate(Shape shape, bool outlined, Func<double, double, bool> covers)
    {
        (Shape, Outlined, _covered) = (shape, outlined, Draw(covers));
        (Area, CentreX, CentreY) = Measure(_covered);
    }

    /// <summary>One template for each shape of the world, and one for the outline of each that has one.</summary>
    public static IReadOnlyList<ShapeTemplate> Of(World world) => world == World.Rich ? All : Wide;

    public Shape Shape { get; }

    /// <summary>Whether this is the shape's outline alone.</summary>
    public bool Outlined { get; }

    /// <summary>Area for a radius of 1.</summary>
    public double Area { get; }

    /// <summary>Centre of mass, which is not the place itself for a crescent, a triangle, a heart or a star.</summary>
    public double CentreX { get; }

    /// <summary>As <see cref="CentreX"/>, downwards.</summary>
    public double CentreY { get; }

    /// <summary>Whether the shape covers this point.</summary>
    public bool Covers(double x, double y)
    {
        var (column, row) = ((x + Reach) / Step, (y + Reach) / Step);
        return column >= 0 && column < Cells && row >= 0 && row < Cells && _covered[((int)row * Cells) + (int)column];
    }

    private static Func<double, double, bool> Coverage(Shape shape) => shape switch
    {
        Shape.Circle => (x, y) => InDisc(x, y, 1),
        Shape.Square => (x, y) => Math.Max(Math.Abs(x), Math.Abs(y)) <= 0.86,
        Shape.Triangle => (x, y) => y <= 0.86 && Math.Abs(x) <= 1.08 * (y + 1) / 1.86,
        Shape.Star => InStar,
        Shape.Heart => InHeart,
        Shape.Cross => (x, y) => Math.Min(Math.Abs(x), Math.Abs(y)) <= 0.36 && Math.Max(Math.Abs(x), Math.Abs(y)) <= 1,
        Shape.Ring => (x, y) => InDisc(x, y, 1) && !InDisc(x, y, 0.52),
        Shape.Crescent => (x, y) => InDisc(x - 0.26, y, 1.1) && !InDisc(x - 0.82, y, 0.93),
        Shape.Diamond => (x, y) => Math.Abs(x) + Math.Abs(y) <= 1.15,
        Shape.Oval => (x, y) => InDisc(x / 0.72, y / 1.15, 1),
        Shape.Bar => (x, y) => Math.Abs(x) <= 1.1 && Math.Abs(y) <= 0.55,
        Shape.Arrow => (x, y) => y is >= -1.1 and <= 1.1 && Math.Abs(x) <= (y < 0 ? (y + 1.1) / 1.1 : 0.42),
        Shape.Drop => InDrop,
        Shape.Dome => (x, y) => y <= 0.575 && InDisc(x, y - 0.575, 1.15),
        Shape.Hourglass => (x, y) => Math.Abs(y) <= 1 && Math.Abs(x) <= 0.2 + (0.75 * Math.Abs(y)),
        Shape.Chevron => (x, y) => Math.Abs(x) <= 1.1 && y >= Math.Abs(x) - 0.95 && y <= Math.Abs(x) - 0.15,
        _ => throw new ArgumentOutOfRangeException(nameof(shape), shape, "The judge does not know this shape; add its inequality here."),
    };

    /// <summary>The world draws no outlines of shapes whose own parts are as thin as a line.</summary>
    private static bool HasOutline(Shape shape) => shape is not (Shape.Ring or Shape.Crescent or Shape.Arrow or Shape.Hourglass or Shape.Chevron);

    /// <summary>Points of the shape with a point outside it within the width of the line.</summary>
    private static Func<double, double, bool> OutlineOf(Func<double, double, bool> covers)
    {
        const double Line = 0.28;
        const int Directions = 32;
        var around = Enumerable.Range(0, Directions).Select(i => Math.SinCos(2 * Math.PI * i / Directions)).Select(d => (X: Line * d.Cos, Y: Line * d.Sin)).ToArray();
        return (x, y) => covers(x, y) && Array.Exists(around, d => !covers(x + d.X, y + d.Y));
    }

    private static bool InDisc(double x, double y, double radius) => (x * x) + (y * y) <= radius * radius;

    /// <summary>Folds the plane into the tenth between a tip and a notch, where the star ends at one straight line.</summary>
    private static bool InStar(double x, double y)
    {
        const double Tip = 1.15, Notch = 0.52, Tenth = Math.PI / 5;
        y -= 0.11;
        if (InDisc(x, y, Notch * 0.8))
            return true;
        if (!InDisc(x, y, Tip))
            return false;
        var angle = Math.Abs(Math.IEEERemainder(Math.Atan2(x, -y), 2 * Tenth));
        var (sine, cosine) = Math.SinCos(angle);
        var radius = Math.Sqrt((x * x) + (y * y));
        var (notchX, notchY) = (Notch * Math.Cos(Tenth), Notch * Math.Sin(Tenth));
        return ((radius * cosine) - Tip) * notchY <= radius * sine * (notchX - Tip);
    }

    /// <summary>A disc on the ground and a tip above it, whose sides touch the disc where they are at right angles to its radius.</summary>
    private static bool InDrop(double x, double y)
    {
        const double Radius = 0.75, Tip = 1.1, Centre = Tip - Radius;
        if (InDisc(x, y - Centre, Radius))
            return true;
        var tangent = Math.Tan(Math.Asin(Radius / (Tip + Centre)));
        return y >= -Tip && y <= Centre - (Radius * Radius / (Tip + Centre)) && Math.Abs(x) <= (y + Tip) * tangent;
    }

    /// <summary>A square on its corner (half diagonal h) and two discs over the middles of its upper sides.</summary>
    private static bool InHeart(double x, double y)
    {
        const double H = 0.86;
        y -= H * (Math.Sqrt(0.5) - 0.5) / 2;
        return Math.Abs(x) + Math.Abs(y) <= H || InDisc(Math.Abs(x) - (H / 2), y + (H / 2), H * Math.Sqrt(0.5));
    }

    /// <summary>Row by row, a point in the middle of each cell.</summary>
    private static bool[] Draw(Func<double, double, bool> covers)
    {
        var covered = new bool[Cells * Cells];
        for (var cell = 0; cell < covered.Length; cell++)
            covered[cell] = covers(Middle(cell % Cells), Middle(cell / Cells));
        return covered;
    }

    private static double Middle(int cell) => ((cell + 0.5) * Step) - Reach;

    private static (double Area, double CentreX, double CentreY) Measure(bool[] covered)
    {
        var (count, sumX, sumY) = (0L, 0.0, 0.0);
        for (var cell = 0; cell < covered.Length; cell++)
        {
            if (covered[cell])
                (count, sumX, sumY) = (count + 1, sumX + Middle(cell % Cells), sumY + Middle(cell / Cells));
        }

        return (count * Step * Step, sumX / count, sumY / count);
    }
}
