using SkiaSharp;

namespace RenderFarm.Training.Scenes;

/// <summary>
/// Outlines for shapes that a model has no words for: stars of six tips or more and waves, whole or with a hole, so that colours are recognised whatever the shape (domain
/// randomisation, Tobin et al. 2017). None is one that a judge takes for a shape of the wide world.
/// </summary>
internal static class StrangeOutlines
{
    private const int Corners = 96;      // of what is round
    private const double Holed = 0.4;    // share of outlines with a hole
    private const double Starry = 0.5;   // share that has straight sides

    /// <summary>A new outline for a radius of 1 around the origin; the caller disposes it.</summary>
    public static SKPath Draw(SceneRandom random)
    {
        // With fewer they may be triangles, squares, crosses and stars.
        var tips = random.Pick([6, 7, 8, 9]);
        var depth = random.Chance(Starry) ? Between(0.35, 0.6, random) : Between(0.2, 0.35, random);
        var turn = random.NextDouble() * Math.Tau;
        return depth >= 0.35 ? Holes(Star(tips, depth, turn), random) : Holes(Waves(tips, depth, turn), random);
    }

    private static SKPath Star(int tips, double depth, double turn) => Polygon(2 * tips, corner => corner % 2 == 0 ? 1.15 : 1.15 * (1 - depth), turn);

    private static SKPath Waves(int tips, double depth, double turn) => Polygon(Corners, corner => 1 + depth * (Math.Cos(tips * corner * Math.Tau / Corners) - 0.5), turn);

    private static SKPath Holes(SKPath outline, SceneRandom random)
    {
        if (!random.Chance(Holed)) return outline;
        var hole = (float)Between(0.3, 0.6, random);
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
