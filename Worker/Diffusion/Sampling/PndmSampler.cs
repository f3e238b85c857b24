using RenderFarm.Diffusion.Layers;
using static TorchSharp.torch;

namespace RenderFarm.Diffusion.Sampling;

/// <summary>
/// Pseudo linear multistep (Liu et al. 2022, equations 9 and 12): from the fourth step on four predictions are combined. The first three steps are
/// Runge and Kutta's (equation 13, algorithm 2), of four calls of the network each; or, as Stable Diffusion 1 was published with, as many predictions are combined
/// as there are, and the first step is taken twice, the second time with the mean of the predictions at both its ends. What is combined is the network's
/// output, before it is read as noise. Nothing is thresholded.
/// </summary>
internal sealed class PndmSampler : Sampler
{
    /// <summary>Adams and Bashforth's weights for one to four predictions, the newest first.</summary>
    private static readonly double[][] Weights =
        [[1], [3 / 2.0, -1 / 2.0], [23 / 12.0, -16 / 12.0, 5 / 12.0], [55 / 24.0, -59 / 24.0, 37 / 24.0, -9 / 24.0]];

    /// <summary>Runge and Kutta's weights for the predictions at a step's beginning, twice in its middle, and at its end.</summary>
    private static readonly double[] StageWeights = [1 / 6.0, 1 / 3.0, 1 / 3.0, 1 / 6.0];

    /// <summary>Steps that are Runge and Kutta's, after which there are enough predictions to combine.</summary>
    private const int FirstSteps = 3;

    private readonly int[] _timesteps;
    private readonly int _stride;
    private readonly NoiseSchedule _schedule;
    private readonly SchedulerConfig _config;
    private readonly List<Tensor> _outputs = [];
    private Tensor? _start;
    private Tensor? _slope;

    private PndmSampler(int[] timesteps, int stride, NoiseSchedule schedule, SchedulerConfig config) =>
        (_timesteps, _stride, _schedule, _config) = (timesteps, stride, schedule, config);

    private int FirstCalls => _config.RungeKuttaSteps ? FirstSteps * StageWeights.Length : 0;

    public static PndmSampler Create(SchedulerConfig config, NoiseSchedule schedule, int[]? custom, int steps)
    {
        if (custom is not null) throw new SettingsException("Timesteps cannot be listed for the sampler pndm; give a number of steps.");
        var spread = Sampling.Timesteps.Spread(config, steps);
        var stride = config.TrainTimesteps / steps;
        var timesteps = config.RungeKuttaSteps ? WithFirstCalls(spread, stride / 2, config) : steps == 1 ? spread : [spread[0], spread[1], .. spread[1..]];
        return new PndmSampler(timesteps, stride, schedule, config) { Timesteps = Array.ConvertAll(timesteps, step => (double)step) };
    }

    public override NoiseLevel Level(int step) => NoiseLevel.OfAlphaBar(_schedule.AlphaBar(_timesteps[step]));

    public override Tensor Step(Denoise denoise, Tensor sample, int step, Tensor? noise)
    {
        using var scope = NewDisposeScope();
        var output = denoise(sample, step).Output;
        var timestep = _timesteps[step];
        if (step < FirstCalls) return RungeKutta(sample, output, step).MoveToOuterDisposeScope();
        if (step == 1 && FirstCalls == 0)
        {
            // The first step again.
            var mean = output.Plus(_outputs[^1]).TimesInPlace(0.5);
            return Moved(_start!, mean, timestep + _stride, timestep).MoveToOuterDisposeScope();
        }
        if (step == 0) Start(sample);
        Remember(output);
        return Moved(sample, Combined(), timestep, timestep - _stride).MoveToOuterDisposeScope();
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            _start?.Dispose();
            _slope?.Dispose();
            _outputs.ForEach(output => output.Dispose());
        }
        base.Dispose(disposing);
    }

    /// <summary>What the network is told in the first steps: each step's beginning, its middle twice, and its end.</summary>
    private static int[] WithFirstCalls(int[] spread, int half, SchedulerConfig config)
    {
        if (spread.Length <= FirstSteps)
            throw new SettingsException($"steps is {spread.Length}; expected {FirstSteps + 1} to {config.TrainTimesteps}, as pndm takes its first {FirstSteps} with Runge and Kutta's method (its scheduler's file does not set skip_prk_steps to true).");
        var calls = Enumerable.Range(0, FirstSteps).SelectMany(step => new[] { spread[step], spread[step + 1] + half, spread[step + 1] + half, spread[step + 1] });
        return [.. calls, .. spread[FirstSteps..]];
    }

    /// <summary>One call of a first step. All begin at the step's sample; what the last one goes with is the weighted sum of what all said.</summary>
    private Tensor RungeKutta(Tensor sample, Tensor output, int call)
    {
        var stage = call % StageWeights.Length;
        if (stage == 0)
        {
            Start(sample);
            Remember(output);
        }
        var slope = output.Times(StageWeights[stage]);
        if (stage > 0) slope.PlusInPlace(_slope!, 1);
        _slope?.Dispose();
        _slope = slope.DetachFromDisposeScope();
        // diffusers' rounding: half a stride below what the network was told in the first and third call, which for odd strides is one more than the middle.
        var target = _timesteps[call] - (stage % 2 == 0 ? _stride / 2 : 0);
        return Moved(_start!, stage == StageWeights.Length - 1 ? slope : output, _timesteps[call - stage], target);
    }

    private void Start(Tensor sample)
    {
        _start?.Dispose();
        _start = sample.alias().DetachFromDisposeScope();
    }

    private void Remember(Tensor output)
    {
        if (_outputs.Count == Weights.Length)
        {
            _outputs[0].Dispose();
            _outputs.RemoveAt(0);
        }
        _outputs.Add(output.DetachFromDisposeScope());
    }

    private Tensor Combined()
    {
        var weights = Weights[_outputs.Count - 1];
        var sum = _outputs[^1].Times(weights[0]);
        for (var age = 1; age < weights.Length; age++) sum.PlusInPlace(_outputs[^(age + 1)], weights[age]);
        return sum;
    }

    /// <summary>Equation 9: from the noise of one training step to that of another.</summary>
    private Tensor Moved(Tensor sample, Tensor output, int source, int target)
    {
        var (a, b) = (_schedule.AlphaBar(source), target >= 0 ? _schedule.AlphaBar(target) : _config.SetAlphaToOne ? 1 : _schedule.AlphaBar(0));
        var noise = Prediction.Read(_config.Prediction, sample, output, NoiseLevel.OfAlphaBar(a)).Noise;
        var divisor = a * Math.Sqrt(1 - b) + Math.Sqrt(a * (1 - a) * b);
        return sample.Times(Math.Sqrt(b / a)).PlusInPlace(noise, -(b - a) / divisor);
    }
}
