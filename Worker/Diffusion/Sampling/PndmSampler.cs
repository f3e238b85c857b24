using RenderFarm.Diffusion.Layers;
using static TorchSharp.torch;

namespace RenderFarm.Diffusion.Sampling;

/// <summary>
/// Pseudo linear multistep (Liu et al. 2022, equations 9 and 12), as Stable Diffusion 1 was published with: from the fourth step on four
/// predictions are combined, before that as many as there are, and the first step is taken twice, the second time with the mean of the
/// predictions at both its ends. What is combined is the network's output, before it is read as noise. Nothing is thresholded.
/// </summary>
internal sealed class PndmSampler : Sampler
{
    /// <summary>Adams and Bashforth's weights for one to four predictions, the newest first.</summary>
    private static readonly double[][] Weights =
        [[1], [3 / 2.0, -1 / 2.0], [23 / 12.0, -16 / 12.0, 5 / 12.0], [55 / 24.0, -59 / 24.0, 37 / 24.0, -9 / 24.0]];

    private readonly int[] _timesteps;
    private readonly int _stride;
    private readonly NoiseSchedule _schedule;
    private readonly SchedulerConfig _config;
    private readonly List<Tensor> _outputs = [];
    private Tensor? _start;

    private PndmSampler(int[] timesteps, int stride, NoiseSchedule schedule, SchedulerConfig config) =>
        (_timesteps, _stride, _schedule, _config) = (timesteps, stride, schedule, config);

    public static PndmSampler Create(SchedulerConfig config, NoiseSchedule schedule, int[]? custom, int steps)
    {
        if (custom is not null) throw new SettingsException("Timesteps cannot be listed for the sampler pndm; give a number of steps.");
        var spread = Sampling.Timesteps.Spread(config, steps);
        int[] timesteps = steps == 1 ? spread : [spread[0], spread[1], .. spread[1..]];
        return new PndmSampler(timesteps, config.TrainTimesteps / steps, schedule, config) { Timesteps = Array.ConvertAll(timesteps, step => (double)step) };
    }

    public override NoiseLevel Level(int step) => NoiseLevel.OfAlphaBar(_schedule.AlphaBar(_timesteps[step]));

    public override Tensor Step(Denoise denoise, Tensor sample, int step, Tensor? noise)
    {
        using var scope = NewDisposeScope();
        var output = denoise(sample, step).Output;
        var timestep = _timesteps[step];
        if (step == 1)
        {
            // The first step again.
            var mean = output.Plus(_outputs[^1]).TimesInPlace(0.5);
            return Moved(_start!, mean, timestep + _stride, timestep).MoveToOuterDisposeScope();
        }
        if (step == 0) _start = sample.alias().DetachFromDisposeScope();
        Remember(output);
        return Moved(sample, Combined(), timestep, timestep - _stride).MoveToOuterDisposeScope();
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            _start?.Dispose();
            _outputs.ForEach(output => output.Dispose());
        }
        base.Dispose(disposing);
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
