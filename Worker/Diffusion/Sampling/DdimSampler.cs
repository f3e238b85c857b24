using RenderFarm.Diffusion.Layers;
using static TorchSharp.torch;

namespace RenderFarm.Diffusion.Sampling;

/// <summary>
/// Implicit sampling (Song et al. 2020, equations 12 and 16): x_p = √ᾱ_p·x₀ + √(1−ᾱ_p−s²)·ε + s·z with s² = η²·(1−ᾱ_p)/(1−ᾱ_t)·(1−ᾱ_t/ᾱ_p).
/// ε is the network's, not re-derived from the thresholded x₀.
/// </summary>
internal sealed class DdimSampler : Sampler
{
    private readonly int[] _timesteps;
    private readonly int[] _next;
    private readonly NoiseSchedule _schedule;
    private readonly double _finalAlphaBar;
    private readonly double _eta;

    private DdimSampler(int[] timesteps, int[] next, NoiseSchedule schedule, double finalAlphaBar, double eta) =>
        (_timesteps, _next, _schedule, _finalAlphaBar, _eta) = (timesteps, next, schedule, finalAlphaBar, eta);

    public static DdimSampler Create(SchedulerConfig config, NoiseSchedule schedule, int[]? custom, int steps, double eta)
    {
        if (eta is not (>= 0 and <= 1)) throw new SettingsException($"eta is {eta}; expected 0 (no fresh noise) to 1 (as much as DDPM).");
        var timesteps = custom ?? Sampling.Timesteps.Spread(config, steps);
        // diffusers steps down by a fixed stride, which only with leading spacing is the list's next entry; for a list of one's own it is that entry.
        int[] next = custom is null
            ? Array.ConvertAll(timesteps, step => step - config.TrainTimesteps / steps)
            : [.. custom.Skip(1), -1];
        var final = config.SetAlphaToOne ? 1 : schedule.AlphaBar(0);
        return new DdimSampler(timesteps, next, schedule, final, eta) { Timesteps = Array.ConvertAll(timesteps, step => (double)step) };
    }

    public override NoiseLevel Level(int step) => NoiseLevel.OfAlphaBar(_schedule.AlphaBar(_timesteps[step]));

    public override bool DrawsNoise(int step) => _eta > 0;

    public override Tensor Step(Denoise denoise, Tensor sample, int step, Tensor? noise)
    {
        using var scope = NewDisposeScope();
        var alphaBar = _schedule.AlphaBar(_timesteps[step]);
        var alphaBarNext = _next[step] >= 0 ? _schedule.AlphaBar(_next[step]) : _finalAlphaBar;
        var variance = (1 - alphaBarNext) / (1 - alphaBar) * (1 - alphaBar / alphaBarNext);
        var deviation = _eta * Math.Sqrt(Math.Max(variance, 0));
        var denoised = denoise(sample, step);
        var next = denoised.Original.Times(Math.Sqrt(alphaBarNext));
        next.PlusInPlace(denoised.Noise, Math.Sqrt(Math.Max(1 - alphaBarNext - deviation * deviation, 0)));
        if (noise is not null) next.PlusInPlace(noise, deviation);
        return next.MoveToOuterDisposeScope();
    }
}
