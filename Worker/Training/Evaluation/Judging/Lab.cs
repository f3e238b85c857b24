namespace RenderFarm.Training.Evaluation.Judging;

/// <summary>A colour in CIE L*a*b* (D65), where distances are about as the eye sees them and black is not stretched.</summary>
internal readonly record struct Lab(double L, double A, double B)
{
    /// <summary>Colour difference, CIE 1976.</summary>
    public double DistanceTo(Lab other) => Math.Sqrt(Square(L - other.L) + Square(A - other.A) + Square(B - other.B));

    /// <summary>From sRGB levels (IEC 61966-2-1).</summary>
    public static Lab From(Rgb colour)
    {
        var (r, g, b) = (Linear(colour.Red), Linear(colour.Green), Linear(colour.Blue));
        var x = Curve(((0.4124 * r) + (0.3576 * g) + (0.1805 * b)) / 0.9505);
        var y = Curve((0.2126 * r) + (0.7152 * g) + (0.0722 * b));
        var z = Curve(((0.0193 * r) + (0.1192 * g) + (0.9505 * b)) / 1.0890);
        return new Lab((116 * y) - 16, 500 * (x - y), 200 * (y - z));
    }

    private static double Linear(float level)
    {
        var value = Math.Clamp(level / 255.0, 0, 1);
        return value <= 0.04045 ? value / 12.92 : Math.Pow((value + 0.055) / 1.055, 2.4);
    }

    private static double Curve(double t) => t > 216.0 / 24389 ? Math.Cbrt(t) : ((24389.0 / 27 * t) + 16) / 116;

    private static double Square(double value) => value * value;
}
