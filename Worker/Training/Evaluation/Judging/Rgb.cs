namespace RenderFarm.Training.Evaluation.Judging;

/// <summary>A colour in sRGB levels, 0 to 255, not rounded.</summary>
internal readonly record struct Rgb(float Red, float Green, float Blue)
{
    public static Rgb operator -(Rgb a, Rgb b) => new(a.Red - b.Red, a.Green - b.Green, a.Blue - b.Blue);

    /// <summary>Scalar product.</summary>
    public float Dot(Rgb other) => (Red * other.Red) + (Green * other.Green) + (Blue * other.Blue);

    /// <summary>The median of each channel.</summary>
    public static Rgb Median(IReadOnlyCollection<Rgb> colours) =>
        new(Middle(colours.Select(c => c.Red)), Middle(colours.Select(c => c.Green)), Middle(colours.Select(c => c.Blue)));

    private static float Middle(IEnumerable<float> values)
    {
        float[] sorted = [.. values];
        Array.Sort(sorted);
        return sorted[sorted.Length / 2];
    }
}
