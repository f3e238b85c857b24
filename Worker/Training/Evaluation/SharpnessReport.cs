using RenderFarm.Training.Evaluation.Judging;

namespace RenderFarm.Training.Evaluation;

/// <summary>Crispness over many pictures, at 256 px. Null where there was nothing to measure.</summary>
/// <param name="EdgeWidthMedian">Median width of edges, 10 to 90 %, in pixels.</param>
/// <param name="EdgeWidth95">95th percentile of the same.</param>
/// <param name="FlatDeviationMedian">Median over flat areas of the standard deviation inside, in levels of 255.</param>
/// <param name="FlatDeviation95">95th percentile of the same.</param>
/// <param name="FlatDeviationWorst">The worst flat area.</param>
public sealed record SharpnessReport(
    double? EdgeWidthMedian, double? EdgeWidth95, double? FlatDeviationMedian, double? FlatDeviation95, double? FlatDeviationWorst)
{
    internal static SharpnessReport Of(IReadOnlyCollection<Sharpness> pictures)
    {
        var widths = pictures.SelectMany(picture => picture.EdgeWidths).ToArray();
        var flats = pictures.SelectMany(picture => picture.FlatDeviations).ToArray();
        return new SharpnessReport(Percentile(widths, 0.5), Percentile(widths, 0.95), Percentile(flats, 0.5), Percentile(flats, 0.95), Percentile(flats, 1));
    }

    private static double? Percentile(double[] values, double share) => values.Length == 0 ? null : Math.Round(Percentiles.Of(values, share), 3);
}
