using System.Globalization;
using RenderFarm.Diffusion.Files;

namespace RenderFarm.Training.Progress;

/// <summary>A run's loss curve: a CSV file and a plot of it, each of them whole at any moment.</summary>
internal sealed class LossLog
{
    private const string Header = "step,samples,seconds,loss,gradient_norm,learning_rate";
    private readonly string _csv;
    private readonly string _plot;
    private readonly List<string> _rows = [];

    public LossLog(string folder, string name)
    {
        _csv = Path.Combine(folder, name + "-loss.csv");
        _plot = Path.Combine(folder, name + "-loss.png");
        // What another program left may end in half a line.
        if (File.Exists(_csv)) _rows.AddRange(File.ReadAllLines(_csv).Skip(1).Where(line => Cells(line).Length == Cells(Header).Length));
    }

    /// <summary>Drops the lines after <paramref name="step"/>: a resumed run writes them again.</summary>
    public void RewindTo(long step)
    {
        _rows.RemoveAll(row => long.Parse(Cells(row)[0], CultureInfo.InvariantCulture) > step);
        Write();
    }

    public void Add(TrainingProgress p)
    {
        _rows.Add(string.Create(CultureInfo.InvariantCulture, $"{p.Step},{p.Samples},{p.Seconds:F1},{p.Loss:G6},{p.GradientNorm:G4},{p.LearningRate:G4}"));
        Write();
    }

    /// <summary>Draws loss over samples, logarithmic in the loss.</summary>
    public void Plot(string title)
    {
        if (_rows.Count < 2) return;
        var samples = _rows.Select(row => double.Parse(Cells(row)[1], CultureInfo.InvariantCulture)).ToArray();
        var loss = _rows.Select(row => Math.Log10(double.Parse(Cells(row)[3], CultureInfo.InvariantCulture))).ToArray();
        using var plot = new ScottPlot.Plot();
        plot.Add.Scatter(samples, loss).MarkerSize = 0;
        plot.Axes.Left.TickGenerator = new ScottPlot.TickGenerators.NumericAutomatic { LabelFormatter = v => Math.Pow(10, v).ToString("G3", CultureInfo.InvariantCulture) };
        plot.Title(title);
        plot.XLabel("samples");
        plot.YLabel("loss (logarithmic)");
        var png = plot.GetImageBytes(960, 540, ScottPlot.ImageFormat.Png);
        AtomicFile.Write(_plot, stream => stream.Write(png));
    }

    private void Write() => TextFile.Write(_csv, string.Concat(_rows.Prepend(Header).Select(line => line + "\n")));

    private static string[] Cells(string line) => line.Split(',');
}
