using RenderFarm.Diffusion.Layers;
using static TorchSharp.torch;

namespace RenderFarm.Diffusion.Sampling;

/// <summary>
/// DPM-Solver++ 2M (Lu et al. 2022, algorithm 2) and its stochastic form. Notation: s is this step, t the next, α and σ their shares of
/// signal and noise, λ = ln α − ln σ, h = λ_t − λ_s, m0 and m1 the pictures predicted now and one step ago, D1 = (m0 − m1)·h/(λ_s −
/// λ_(s−1)). First order: x = σ_t/σ_s·x + α_t·(1 − e^(−h))·m0; the second adds a multiple of D1.
/// </summary>
internal sealed class DpmSolverSampler : Sampler
{
    /// <summary>Below this many steps the last one is of first order, if the configuration says lower_order_final.</summary>
    private const int FewSteps = 15;

    private readonly NoiseLevel[] _levels;
    private readonly SchedulerConfig _config;
    private Tensor? _previous;

    private DpmSolverSampler(NoiseLevel[] levels, SchedulerConfig config) => (_levels, _config) = (levels, config);

    public static DpmSolverSampler Create(SchedulerConfig config, NoiseSchedule schedule, int[]? custom, int steps)
    {
        if (custom is not null && config.KarrasSigmas)
        {
            throw new SettingsException("Timesteps cannot be listed for a scheduler with use_karras_sigmas; give a number of steps.");
        }
        var timesteps = custom ?? Sampling.Timesteps.SpreadForSolver(config, schedule, steps);
        var sigmas = Array.ConvertAll(timesteps, step => KarrasSigmas.At(schedule, step));
        if (config.KarrasSigmas)
        {
            sigmas = KarrasSigmas.Spread(config.SigmaMax ?? schedule.Sigma(schedule.Count - 1), config.SigmaMin ?? schedule.Sigma(0), steps);
            var logs = KarrasSigmas.Logs(schedule);
            var exact = Array.ConvertAll(sigmas, sigma => KarrasSigmas.TimestepOf(sigma, logs));
            timesteps = Array.ConvertAll(exact, step => (int)(config.BetaSchedule == BetaSchedule.SquaredCosine ? step : Math.Round(step, MidpointRounding.ToEven)));
        }
        double[] all = [.. sigmas, config.FinalSigmaIsZero ? 0 : schedule.Sigma(0)];
        return new DpmSolverSampler(Array.ConvertAll(all, sigma => NoiseLevel.OfSigma((float)sigma)), config)
        {
            Timesteps = Array.ConvertAll(timesteps, step => (double)step),
        };
    }

    public override NoiseLevel Level(int step) => _levels[step];

    public override bool DrawsNoise(int step) => _config.Stochastic;

    public override Tensor Step(Denoise denoise, Tensor sample, int step, Tensor? noise)
    {
        using var scope = NewDisposeScope();
        var (source, target) = (_levels[step], _levels[step + 1]);
        var h = target.Lambda - source.Lambda;
        var original = denoise(sample, step).Original;
        // Every exponential of the stochastic form is that of 2h.
        var decay = Math.Exp(_config.Stochastic ? -2 * h : -h);
        var next = sample.Times(target.Noise / source.Noise * (_config.Stochastic ? Math.Exp(-h) : 1));
        next.PlusInPlace(original, target.Signal * (1 - decay));
        if (_previous is not null && !IsFirstOrder(step))
        {
            var slope = (original - _previous).TimesInPlace(h / (source.Lambda - _levels[step - 1].Lambda));
            next.PlusInPlace(slope, target.Signal * SecondOrderWeight(h, decay));
        }
        if (noise is not null) next.PlusInPlace(noise, target.Noise * Math.Sqrt(1 - decay));
        Remember(original);
        return next.MoveToOuterDisposeScope();
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing) _previous?.Dispose();
        base.Dispose(disposing);
    }

    private bool IsFirstOrder(int step)
    {
        if (_config.SolverOrder == 1) return true;
        var fewSteps = _config.LowerOrderFinal && Timesteps.Count < FewSteps;
        return step == Timesteps.Count - 1 && (_config.EulerAtFinal || _config.FinalSigmaIsZero || fewSteps);
    }

    private double SecondOrderWeight(double h, double decay) => _config.SolverType switch
    {
        SolverType.Midpoint => 0.5 * (1 - decay),
        // Both forms vanish with h, where the least trained noise is sampled and landed on.
        _ when h == 0 => 0,
        _ => (decay - 1) / (_config.Stochastic ? 2 * h : h) + 1,
    };

    private void Remember(Tensor original)
    {
        _previous?.Dispose();
        _previous = original.DetachFromDisposeScope();
    }
}
