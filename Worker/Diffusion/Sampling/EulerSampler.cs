using RenderFarm.Diffusion.Layers;
using static TorchSharp.torch;

namespace RenderFarm.Diffusion.Sampling;

/// <summary>
/// Euler's method on dx/dσ = (x − x₀)/σ (Karras et al. 2022, algorithm 1 without churn). The sample here is x₀ + σ·ε; the network sees it
/// divided by √(σ²+1). As in diffusers the predicted picture is not thresholded.
/// </summary>
internal sealed class EulerSampler : Sampler
{
    private readonly double[] _sigmas;
    private readonly TimestepSpacing _spacing;

    private EulerSampler(double[] sigmas, TimestepSpacing spacing) => (_sigmas, _spacing) = (sigmas, spacing);

    public static EulerSampler Create(SchedulerConfig config, NoiseSchedule schedule, int[]? custom, int steps)
    {
        if (custom is not null && config.KarrasSigmas)
        {
            throw new SettingsException("Timesteps cannot be listed for a scheduler with use_karras_sigmas; give a number of steps.");
        }
        var timesteps = custom is null ? Sampling.Timesteps.SpreadExactly(config, steps) : Array.ConvertAll(custom, step => (double)step);
        var sigmas = Array.ConvertAll(timesteps, step => KarrasSigmas.At(schedule, step));
        if (config.KarrasSigmas)
        {
            sigmas = KarrasSigmas.Spread(config.SigmaMax ?? sigmas[0], config.SigmaMin ?? sigmas[^1], timesteps.Length);
            var logs = KarrasSigmas.Logs(schedule);
            timesteps = Array.ConvertAll(sigmas, sigma => KarrasSigmas.TimestepOf(sigma, logs));
        }
        return new EulerSampler([.. sigmas, config.FinalSigmaIsZero ? 0 : schedule.Sigma(0)], config.Spacing)
        {
            Timesteps = Array.ConvertAll(timesteps, step => (double)(float)step),
        };
    }

    public override double InitialScale
    {
        get
        {
            var most = _sigmas.Max();
            return _spacing == TimestepSpacing.Leading ? Math.Sqrt(most * most + 1) : most;
        }
    }

    public override double InputScale(int step) => 1 / Math.Sqrt(_sigmas[step] * _sigmas[step] + 1);

    public override NoiseLevel Level(int step) => NoiseLevel.OfSigma(_sigmas[step]);

    public override Tensor Step(Denoise denoise, Tensor sample, int step, Tensor? noise)
    {
        using var scope = NewDisposeScope();
        var denoised = denoise(sample.Times(InputScale(step)), step);
        // x + (x − x₀)/σ·(σ' − σ) = σ'/σ·x + (1 − σ'/σ)·x₀
        var ratio = _sigmas[step + 1] / _sigmas[step];
        return sample.Times(ratio).PlusInPlace(denoised.Original, 1 - ratio).MoveToOuterDisposeScope();
    }
}
