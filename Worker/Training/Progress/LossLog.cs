using System.Globalization;
using System.Text;
using RenderFarm.Diffusion.Files;

namespace RenderFarm.Training.Progress;

/// <summary>A run's loss curve: a CSV file that is only ever appended to, and a plot of it.</summary>
internal sealed class LossLog
{
    private const string Header = "step,samples,seconds,loss,gradient_norm,learning_rate";
    private readonly string _csv;
    private readonly string _plot;

    public LossLog(string folder, string name)
    {
        _csv = Path.Combine(folder, name + "-loss.csv");
        _plot = Path.Combine(folder, name + "-loss.png");
        if (!File.Exists(_csv)) File.WriteAllText(_csv, Header + "\n");
    }

    /// <summary>Drops the lines after <paramref name="step"/>: a resumed run writes them again.</summary>
    public void RewindTo(long step)
    {
        var kept = Rows().Where(row => long.Parse(row[0], CultureInfo.InvariantCulture) <= step).Select(row => string.Join(',', row)).ToList();
        AtomicFile.Write(_csv, file => file.Write(Encoding.UTF8.GetBytes(string.Concat(kept.Prepend(Header).Select(line => line + "\n")))));
    }

    public void Add(TrainingProgress p) => File.AppendAllText(_csv, string.Create(
        CultureInfo.InvariantCulture, $"{p.Step},{p.Samples},{p.Seconds:F1},{p.Loss:G6},{p.GradientNorm:G4},{p.LearningRate:G4}\n"));

    // A run that was killed may have left half a line.
    private List<string[]> Rows() =>
        [.. File.ReadAllLines(_csv).Skip(1).Select(line => line.Split(',')).Where(row => row.Length == Header.Split(',').Length)];

    /// <summary>Draws loss over samples, logarithmic in the loss.</summary>
    public void Plot(string title)
    {
        var rows = Rows();
        if (rows.Count < 2) return;
        var samples = rows.Select(r => double.Parse(r[1], CultureInfo.InvariantCulture)).ToArray();
        var loss = rows.Select(r => Math.Log10(double.Parse(r[3], CultureInfo.InvariantCulture))).ToArray();
        using var plot = new ScottPlot.Plot();
        plot.Add.Scatter(samples, loss).MarkerSize = 0;
        plot.Axes.Left.TickGenerator = new ScottPlot.TickGenerators.NumericAutomatic { LabelFormatter = v => Math.Pow(10, v).ToString("G3", CultureInfo.InvariantCulture) };
        plot.Title(title);
        plot.XLabel("samples");
        plot.YLabel("loss (logarithmic)");
        plot.SavePng(_plot, 960, 540);
    }
}
