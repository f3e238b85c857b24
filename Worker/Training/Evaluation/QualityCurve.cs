using System.Globalization;
using RenderFarm.Diffusion.Files;

namespace RenderFarm.Training.Evaluation;

/// <summary>Quality against one setting of one stage, by which its default is chosen.</summary>
/// <param name="Setting">Such as stage1.guidance.</param>
/// <param name="Points">By ascending value.</param>
public sealed record QualityCurve(string Setting, IReadOnlyList<QualityPoint> Points)
{
    private const string Header = "value,split,objects_right,pictures_right,edge_width_px,flat_deviation_levels,seconds_per_picture";

    /// <summary>The files that <see cref="Save"/> writes.</summary>
    public static IReadOnlyList<string> Files { get; } = ["curve.csv", "curve.png"];

    /// <summary>Writes <see cref="Files"/>: a line for each value and split, and a plot. Each appears whole or not at all; older ones are replaced.</summary>
    /// <param name="folder">An existing folder.</param>
    public void Save(string folder)
    {
        TextFile.Write(Path.Combine(folder, Files[0]), string.Concat(Rows().Prepend(Header).Select(line => line + "\n")));
        var png = Plot();
        AtomicFile.Write(Path.Combine(folder, Files[1]), stream => stream.Write(png));
    }

    /// <summary>A line for each value.</summary>
    public override string ToString() => string.Join('\n', Points.Select(point => string.Create(CultureInfo.InvariantCulture,
        $"{Setting} {point.Value}: objects fully right {string.Join(", ", point.Report.Splits.Select(split => string.Create(CultureInfo.InvariantCulture, $"{split.ObjectsRight.Share:P1} {split.Name}")))}; edges {Sharpest(point).EdgeWidthMedian:0.0} px, flat areas {Sharpest(point).FlatDeviationMedian:0.0} levels; {point.SecondsPerPicture:0.00} s a picture")));

    private IEnumerable<string> Rows() => Points.SelectMany(point => point.Report.Splits.Select(split => string.Create(CultureInfo.InvariantCulture,
        $"{point.Value},{split.Name},{split.ObjectsRight.Share:0.####},{split.PicturesRight.Share:0.####},{split.Sharpness.EdgeWidthMedian},{split.Sharpness.FlatDeviationMedian},{point.SecondsPerPicture:0.###}")));

    private static SharpnessReport Sharpest(QualityPoint point) => point.Report.Splits[0].Sharpness;

    private byte[] Plot()
    {
        using var plot = new ScottPlot.Plot();
        var values = Points.Select(point => point.Value).ToArray();
        foreach (var split in Points[0].Report.Splits.Select((split, index) => (split.Name, Index: index)))
            plot.Add.Scatter(values, Points.Select(point => 100 * point.Report.Splits[split.Index].ObjectsRight.Share).ToArray()).LegendText = $"objects fully right, {split.Name} pairs, %";
        var flat = plot.Add.Scatter(values, Points.Select(point => Sharpest(point).FlatDeviationMedian ?? double.NaN).ToArray());
        (flat.LegendText, flat.LinePattern, flat.Axes.YAxis) = ("deviation in flat areas, levels (right)", ScottPlot.LinePattern.Dashed, plot.Axes.Right);
        plot.XLabel(Setting);
        plot.YLabel("%");
        plot.Axes.Right.Label.Text = "levels";
        plot.ShowLegend(ScottPlot.Edge.Bottom);
        return plot.GetImageBytes(960, 540, ScottPlot.ImageFormat.Png);
    }
}
