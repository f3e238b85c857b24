using RenderFarm.Contracts.Jobs;
using RenderFarm.Contracts.Models;

namespace RenderFarm.Cli.Farms;

/// <summary>How a job's work is shared between its stages: guessed at first, known as soon as one job is done.</summary>
internal sealed class StageWeights
{
    private readonly Dictionary<string, double> _perStep = [];
    private readonly Dictionary<string, double> _seconds = [];

    public bool AreMeasured => _seconds.Count > 0;

    /// <summary>A step's cost grows about as its picture's side: a larger picture's network is the leaner one.</summary>
    public void Guess(IEnumerable<StageDescription> stages)
    {
        foreach (var stage in stages) _perStep[stage.Name] = stage.Width;
    }

    /// <summary>Takes over what a finished job says its stages took.</summary>
    public void Measure(IEnumerable<StageTiming> timings)
    {
        foreach (var timing in timings) _seconds[timing.Stage] = timing.Seconds;
    }

    /// <summary>How much of its work a running job has behind it, 0 to 1.</summary>
    public double Fraction(JobStatus job)
    {
        if (job.Progress is not { } progress) return 0;
        var (before, all) = (0.0, 0.0);
        var reached = false;
        foreach (var (stage, settings) in job.Settings)
        {
            var weight = _seconds.TryGetValue(stage, out var seconds) ? seconds : (settings.Steps ?? 1) * _perStep.GetValueOrDefault(stage, 1);
            reached |= stage == progress.Stage;
            if (stage == progress.Stage) before += weight * progress.Step / Math.Max(1, progress.Steps);
            else if (!reached) before += weight;
            all += weight;
        }
        return all > 0 ? before / all : 0;
    }
}
