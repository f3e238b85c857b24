using RenderFarm.Diffusion.Layers;
using static TorchSharp.torch;

namespace RenderFarm.Diffusion.Sampling;

/// <summary>
/// How much signal and noise a picture holds at each training step: x_t = √ᾱ_t·x₀ + √(1−ᾱ_t)·ε.
/// The tables are rounded to float32 where diffusers' are, because public checkpoints are sampled with those and because a timestep that is
/// read off a noise level and truncated depends on the last bit.
/// </summary>
internal sealed class NoiseSchedule
{
    private readonly double[] _alphaBar;
    private readonly float[] _beta;

    public NoiseSchedule(SchedulerConfig config)
    {
        _alphaBar = new double[config.TrainTimesteps];
        _beta = new float[config.TrainTimesteps];
        var product = 1.0;
        for (var step = 0; step < _alphaBar.Length; step++)
        {
            _beta[step] = (float)Beta(config, step);
            product *= 1f - _beta[step];
            _alphaBar[step] = (float)product;
        }
    }

    public int Count => _alphaBar.Length;

    /// <summary>ᾱ_t; ᾱ = 1 (no noise at all) before the first step, t = −1.</summary>
    public double AlphaBar(int timestep) => timestep < 0 ? 1 : _alphaBar[timestep];

    /// <summary>β_t of the table; 1 − ᾱ_t/ᾱ_{t−1} but for rounding.</summary>
    public float Beta(int timestep) => _beta[timestep];

    /// <summary>Noise to signal, σ_t = √((1−ᾱ_t)/ᾱ_t).</summary>
    public double Sigma(int timestep)
    {
        var alphaBar = (float)_alphaBar[timestep];
        return MathF.Sqrt((1f - alphaBar) / alphaBar);
    }

    /// <summary>λ_t = ln √ᾱ_t − ln √(1−ᾱ_t), half the logarithm of the signal-to-noise ratio.</summary>
    public double Lambda(int timestep) => 0.5 * (Math.Log(_alphaBar[timestep]) - Math.Log(1 - _alphaBar[timestep]));

    /// <summary>The forward process: pictures with as much noise as at the given training steps, one step per picture.</summary>
    /// <param name="original">x₀, float32 [B, C, H, W].</param>
    /// <param name="noise">Unit noise, float32 [B, C, H, W].</param>
    /// <param name="timesteps">B training steps.</param>
    /// <returns>float32 [B, C, H, W]</returns>
    public Tensor AddNoise(Tensor original, Tensor noise, IReadOnlyList<int> timesteps)
    {
        using var scope = NewDisposeScope();
        Tensor Column(Func<NoiseLevel, double> part) =>
            tensor(timesteps.Select(step => (float)part(NoiseLevel.OfAlphaBar(AlphaBar(step)))).ToArray(), device: original.device).view(-1, 1, 1, 1);
        return (Column(level => level.Signal) * original).PlusProductInPlace(Column(level => level.Noise), noise).MoveToOuterDisposeScope();
    }

    private static double Beta(SchedulerConfig config, int step)
    {
        double Line(double first, double last) => config.TrainTimesteps == 1 ? first : first + (last - first) * step / (config.TrainTimesteps - 1);
        return config.BetaSchedule switch
        {
            BetaSchedule.Linear => Line(config.BetaStart, config.BetaEnd),
            BetaSchedule.ScaledLinear => Math.Pow((float)Line(Math.Sqrt(config.BetaStart), Math.Sqrt(config.BetaEnd)), 2),
            _ => Math.Min(1 - Cosine((step + 1.0) / config.TrainTimesteps) / Cosine((double)step / config.TrainTimesteps), 0.999),
        };
    }

    /// <summary>Nichol and Dhariwal 2021, equation 17, without its normalisation.</summary>
    private static double Cosine(double time) => Math.Pow(Math.Cos((time + 0.008) / 1.008 * Math.PI / 2), 2);
}
