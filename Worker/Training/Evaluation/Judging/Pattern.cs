using RenderFarm.Training.Scenes;

namespace RenderFarm.Training.Evaluation.Judging;

/// <summary>Two tones of one colour in a blob.</summary>
/// <param name="Colour">The colour.</param>
/// <param name="Own">Median of the pixels that have it.</param>
/// <param name="Second">Median of those that have its second tone.</param>
internal sealed record Pattern(Colour Colour, Rgb Own, Rgb Second)
{
    /// <summary>Share of the inside that each tone must have.</summary>
    private const double LeastEach = 0.08;

    /// <summary>Share of the inside that both must have together; the rest lies on the borders between them.</summary>
    private const double LeastBoth = 0.75;

    /// <summary>
    /// Rows of level stripes are all of one tone: their shares of the second tone vary as much as single pixels do. Those of dots vary a third as much.
    /// </summary>
    private const double StripedFrom = 0.6;

    /// <summary>The pattern that explains a blob's inside; null where one colour does, or nothing.</summary>
    public static Pattern? Of(IReadOnlyList<Rgb> core) => ReferenceColours.OfTwoTones.Select(colour => Try(colour, core)).OfType<(Pattern Pattern, int Explained)>()
        .OrderByDescending(candidate => candidate.Explained).Select(candidate => candidate.Pattern).FirstOrDefault();

    /// <summary>Whether the tones lie in stripes or in dots.</summary>
    public Fill FillOf(JudgedImage image, Blob blob)
    {
        const int Side = JudgedImage.Side;
        var rows = new List<(int Second, int All)>();
        for (var y = blob.Box.Top; y < blob.Box.Bottom; y++)
        {
            var row = (Second: 0, All: 0);
            for (var x = blob.Box.Left; x < blob.Box.Right; x++)
            {
                if (!blob.Mask[y * Side + x]) continue;
                var pixel = image[x, y];
                var (own, second) = (pixel - Own, pixel - Second);
                row = (row.Second + (second.Dot(second) < own.Dot(own) ? 1 : 0), row.All + 1);
            }

            if (row.All > 0) rows.Add(row);
        }

        var all = rows.Sum(row => row.All);
        var share = rows.Sum(row => row.Second) / (double)all;
        var variance = rows.Sum(row => row.All * Math.Pow(row.Second / (double)row.All - share, 2)) / all;
        return variance > StripedFrom * share * (1 - share) ? Fill.Striped : Fill.Dotted;
    }

    private static (Pattern Pattern, int Explained)? Try(Colour colour, IReadOnlyList<Rgb> core)
    {
        var tones = core.ToLookup(pixel => ReferenceColours.ToneOf(colour, pixel));
        var (own, second) = (tones[Tone.Own].ToList(), tones[Tone.Second].ToList());
        if (Math.Min(own.Count, second.Count) < LeastEach * core.Count || own.Count + second.Count < LeastBoth * core.Count) return null;
        return (new Pattern(colour, Rgb.Median(own), Rgb.Median(second)), own.Count + second.Count);
    }
}
