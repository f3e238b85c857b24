using SkiaSharp;

namespace RenderFarm.Training.Scenes.DomainRandomisation;

/// <summary>
/// Outlines for shapes that a model has no words for: stars of six tips or more and waves, whole or with a hole, so that colours are recognised whatever the shape (domain
/// randomisation, Tobin et al. 2017). None is one that a judge takes for a shape of the wide world.
/// </summary>
internal static class StrangeOutlines
{
    private const int Corners = 96;      // of what is round
    private const double Holed = 0.4;    // share of outlines with a hole
    private const double Starry = 0.5;   // share that has straight sides
    private const double Reach = 1.15;   // of the widest outlines (Outlines)
    private const double LargestHole = 0.52; // a ring's; outlined objects have larger ones

    /// <summary>A new outline for a radius of 1 around the origin; the caller disposes it.</summary>
    public static SKPath Draw(SceneRandom random)
    {
        // With fewer they may be triangles, squares, crosses and stars; with more, or less deep, circles where they are small.
        var tips = random.Pick([6, 7, 8]);
        var turn = random.NextDouble() * Math.Tau;
        return Holes(random.Chance(Starry) ? Star(tips, Between(0.42, 0.6, random), turn) : Waves(tips, Between(0.45, 0.6, random), turn), random);
    }

    private static SKPath Star(int tips, double depth, double turn) => Polygon(2 * tips, corner => corner % 2 == 0 ? Reach : Reach * (1 - depth), turn);

    private static SKPath Waves(int tips, double depth, double turn) => Polygon(Corners, corner => Reach * (1 - depth * (1 - Math.Cos(tips * corner * Math.Tau / Corners)) / 2), turn);

    private static SKPath Holes(SKPath outline, SceneRandom random)
    {
        if (!random.Chance(Holed)) return outline;
        var hole = (float)Between(0.3, LargestHole, random);
        using var inner = new SKPath(outline);
        inner.Transform(SKMatrix.CreateScale(hole, hole));
        outline.FillType = SKPathFillType.EvenOdd;
        outline.AddPath(inner);
        return outline;
    }

    private static SKPath Polygon(int corners, Func<int, double> radius, double turn)
    {
        var path = new SKPath();
        path.AddPoly([.. Enumerable.Range(0, corners).Select(corner =>
        {
            var (sine, cosine) = Math.SinCos(turn + corner * Math.Tau / corners);
            return new SKPoint((float)(radius(corner) * cosine), (float)(radius(corner) * sine));
        })], close: true);
        return path;
    }

    private static double Between(double least, double most, SceneRandom random) => least + (most - least) * random.NextDouble();
}
