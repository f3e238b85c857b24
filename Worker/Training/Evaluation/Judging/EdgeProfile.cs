namespace RenderFarm.Training.Evaluation.Judging;

/// <summary>The width of an edge at one point of an outline, along the outline's normal.</summary>
internal static class EdgeProfile
{
    /// <summary>The width given to an edge that takes more than this many pixels to either side.</summary>
    public const double Widest = 2 * Reach;

    private const double Reach = 14;
    private const double Step = 0.25;

    /// <summary>An outline counts as straight when its direction turns less than this over five pixels to either side.</summary>
    private static readonly double Straight = Math.Cos(20 * Math.PI / 180);

    /// <summary>
    /// The 10 to 90 % width in pixels, or null where it means nothing: at corners, and in parts so thin that the opposite edge comes
    /// before the level is reached.
    /// </summary>
    public static double? Width(CoverageMap coverage, double x, double y)
    {
        if (Normal(coverage, x, y) is not { } normal || !IsStraight(coverage, x, y, normal))
            return null;
        var middle = Crossing(coverage, x, y, normal, -3, 1, 0.5, out _);
        if (middle is not { } start)
            return null;
        var inside = Crossing(coverage, x, y, normal, start, 1, 0.9, out var thinInside);
        var outside = Crossing(coverage, x, y, normal, start, -1, 0.1, out var thinOutside);
        if (thinInside || thinOutside)
            return null;
        return inside is { } high && outside is { } low ? high - low : Widest;
    }

    /// <summary>Where along the normal, from <paramref name="from"/> in a direction, the coverage first passes a level.</summary>
    /// <param name="coverage">The blob's coverage.</param>
    /// <param name="x">The profile's origin.</param>
    /// <param name="y">The profile's origin.</param>
    /// <param name="normal">Unit vector towards the inside.</param>
    /// <param name="from">Position to start at, in pixels along the normal.</param>
    /// <param name="direction">1 inwards (coverage must rise to the level), -1 outwards (it must fall to it).</param>
    /// <param name="level">The level.</param>
    /// <param name="thin">Whether the opposite edge came first.</param>
    private static double? Crossing(
        CoverageMap coverage, double x, double y, (double X, double Y) normal, double from, int direction, double level, out bool thin)
    {
        var previous = coverage.At(x + (from * normal.X), y + (from * normal.Y));
        var departed = false;
        for (var moved = Step; moved <= Reach; moved += Step)
        {
            var position = from + (direction * moved);
            var value = coverage.At(x + (position * normal.X), y + (position * normal.Y));
            if (direction * (value - level) >= 0)
            {
                thin = false;
                var excess = value == previous ? 0 : (value - level) / (value - previous);
                return position - (direction * Step * Math.Clamp(excess, 0, 1));
            }

            departed |= level != 0.5 && direction * (value - 0.5) > 0.1;
            if (departed && direction * (value - 0.5) < 0)
            {
                thin = true;
                return null;
            }

            previous = value;
        }

        thin = false;
        return null;
    }

    private static bool IsStraight(CoverageMap coverage, double x, double y, (double X, double Y) normal)
    {
        const double Along = 5;
        foreach (var side in (ReadOnlySpan<double>)[-Along, Along])
        {
            if (Normal(coverage, x - (side * normal.Y), y + (side * normal.X)) is not { } other
                || (normal.X * other.X) + (normal.Y * other.Y) < Straight)
                return false;
        }

        return true;
    }

    private static (double X, double Y)? Normal(CoverageMap coverage, double x, double y)
    {
        var (gradientX, gradientY) = coverage.Gradient(x, y);
        var length = Math.Sqrt((gradientX * gradientX) + (gradientY * gradientY));
        return length < 0.02 ? null : (gradientX / length, gradientY / length);
    }
}
