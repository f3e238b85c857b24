using System.Diagnostics;
using RenderFarm.Training.Checkpoints;
using RenderFarm.Training.Optimization;
using RenderFarm.Training.Progress;
using TorchSharp;
using static TorchSharp.torch;

namespace RenderFarm.Training;

/// <summary>The loop that every trainer shares: loss, gradient, step, average, log, checkpoint, resume.</summary>
internal sealed class TrainingRun(TrainingRunOptions options, nn.Module network, Func<long, Tensor> loss)
{
    private const int StepsPerReport = 50;

    private string CheckpointPath => TrainingCheckpoint.PathIn(options.Folder, options.Name);

    /// <summary>
    /// Trains until the last step or until <paramref name="stop"/>, resuming from the folder's checkpoint if there is one, and leaves the
    /// averaged parameters in the network.
    /// </summary>
    /// <returns>True when the last step was reached.</returns>
    public bool Train(Action<TrainingProgress>? report, CancellationToken stop)
    {
        if (options.TotalSteps < 1) throw new TrainingException($"The run has less than one batch of {options.BatchSize} examples; ask for more --samples.");
        Directory.CreateDirectory(options.Folder);
        using var parameters = new FlatParameters(network);
        using var optimizer = new AdamW(parameters, options.Optimizer);
        parameters.TakeFromNetwork();
        var earlier = TrainingCheckpoint.TryLoad(CheckpointPath, parameters, optimizer, options.Fingerprint) ?? 0;
        var log = new LossLog(options.Folder, options.Name);
        log.RewindTo(optimizer.Steps);
        var clock = Stopwatch.StartNew();
        var saved = TimeSpan.Zero;
        var (sum, count) = (0.0, 0);
        while (optimizer.Steps < options.TotalSteps && !stop.IsCancellationRequested)
        {
            var step = optimizer.Steps;
            var rate = options.LearningRate.At(step);
            sum += Backpropagate(step);
            count++;
            parameters.GatherGradients();
            var norm = optimizer.Step(rate);
            if (!float.IsFinite(norm))
            {
                throw new TrainingException(
                    $"The gradient of step {step} is {norm}. Run the command again to go on from the last checkpoint; where it fails again, begin a new --run with another --seed.");
            }
            parameters.UpdateAverage(Math.Min(options.AverageDecay, (1.0 + step) / (10.0 + step)));
            if (optimizer.Steps % StepsPerReport == 0)
            {
                var progress = new TrainingProgress(
                    optimizer.Steps, options.TotalSteps, optimizer.Steps * options.BatchSize, earlier + clock.Elapsed.TotalSeconds, sum / count, norm, rate);
                log.Add(progress);
                report?.Invoke(progress);
                (sum, count) = (0, 0);
            }
            if (clock.Elapsed - saved < options.CheckpointInterval) continue;
            saved = clock.Elapsed;
            Save(parameters, optimizer, log, earlier + clock.Elapsed.TotalSeconds);
        }
        Save(parameters, optimizer, log, earlier + clock.Elapsed.TotalSeconds);
        parameters.GiveToNetwork(average: true);
        return optimizer.Steps >= options.TotalSteps;
    }

    private double Backpropagate(long step)
    {
        using var scope = NewDisposeScope();
        var value = loss(step);
        value.backward();
        return value.item<float>();
    }

    private void Save(FlatParameters parameters, AdamW optimizer, LossLog log, double seconds)
    {
        TrainingCheckpoint.Save(CheckpointPath, parameters, optimizer, seconds, options.Fingerprint);
        log.Plot($"{options.Name}: loss after {optimizer.Steps * options.BatchSize:N0} samples");
    }
}
