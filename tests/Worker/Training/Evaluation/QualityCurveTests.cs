using RenderFarm.Training.Evaluation;
using SkiaSharp;
using Xunit;

namespace RenderFarm.Training.Tests.Evaluation;

public sealed class QualityCurveTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("renderfarm-curve").FullName;

    [Fact]
    public void Save_TwoValues_WritesALineForEachSplitAndAPlot()
    {
        var report = Evaluator.EvaluateTruth(new EvaluationPlan { Captions = 4, Seed = 2 }, cancellationToken: TestContext.Current.CancellationToken).Report;
        var curve = new QualityCurve("stage1.guidance", [new QualityPoint(1.5, report, 0.25), new QualityPoint(4, report, 0.5)]);

        curve.Save(_folder);

        var lines = File.ReadAllLines(Path.Combine(_folder, "curve.csv"));
        Assert.Equal(["value", "1.5,seen", "1.5,unseen", "4,seen", "4,unseen"], lines.Select((line, row) => string.Join(',', line.Split(',').Take(row == 0 ? 1 : 2))));
        Assert.All(lines[1..], line => Assert.Equal("1", line.Split(',')[2]));
        Assert.EndsWith(",0.25", lines[1], StringComparison.Ordinal);
        using var plot = SKBitmap.Decode(Path.Combine(_folder, "curve.png"));
        Assert.Equal((960, 540), (plot.Width, plot.Height));
        Assert.Contains("stage1.guidance 1.5: objects fully right 100.0 % seen, 100.0 % unseen", curve.ToString(), StringComparison.Ordinal);
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);
}
