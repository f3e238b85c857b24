using RenderFarm.Cli.Farms;
using RenderFarm.Cli.Output;

namespace RenderFarm.Cli.Evaluation;

/// <summary>Says every few seconds how many pictures are done.</summary>
internal sealed class EvaluationProgress(Terminal terminal)
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(10);

    private readonly TimeLeft _left = new(TimeProvider.System);
    private long _shown = TimeProvider.System.GetTimestamp();

    public void Show(int done, int all)
    {
        var left = _left.At(done / (double)all);
        if (TimeProvider.System.GetElapsedTime(_shown) < Interval) return;
        _shown = TimeProvider.System.GetTimestamp();
        terminal.WriteLine($"{done} of {all} pictures judged{(left is { } time ? $"; about {Durations.Text(time)} left" : "")}");
    }
}
