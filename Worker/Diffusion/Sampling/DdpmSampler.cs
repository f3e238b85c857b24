using RenderFarm.Diffusion.Layers;
using static TorchSharp.torch;

namespace RenderFarm.Diffusion.Sampling;

/// <summary>
/// Ancestral sampling (Ho et al. 2020, equations 6 and 7). Notation: ᾱ_t and ᾱ_p of this and the next step of the list, α = ᾱ_t/ᾱ_p, β = 1
/// − α, β̃ = (1−ᾱ_p)/(1−ᾱ_t)·β; x_p = √ᾱ_p·β/(1−ᾱ_t)·x₀ + √α·(1−ᾱ_p)/(1−ᾱ_t)·x_t + deviation·z.
/// </summary>
internal sealed class DdpmSampler : Sampler
{
    /// <summary>Smallest β̃ of which a logarithm is taken: it is zero at the end of the list.</summary>
    private const double LeastVariance = 1e-20;

    private readonly int[] _timesteps;
    private readonly NoiseSchedule _schedule;
    private readonly VarianceType? _variance;
    private readonly bool _roundsSteps;

    private DdpmSampler(int[] timesteps, NoiseSchedule schedule, SchedulerConfig config) =>
        (_timesteps, _schedule, _variance, _roundsSteps) = (timesteps, schedule, config.Variance, config.RoundsSteps);

    public static DdpmSampler Create(SchedulerConfig config, NoiseSchedule schedule, int[] timesteps) =>
        new(timesteps, schedule, config) { Timesteps = Array.ConvertAll(timesteps, step => (double)step) };

    public override NoiseLevel Level(int step) => NoiseLevel.OfAlphaBar(_schedule.AlphaBar(_timesteps[step]));

    public override bool DrawsNoise(int step) => _timesteps[step] > 0;

    public override Tensor Step(Denoise denoise, Tensor sample, int step, Tensor? noise)
    {
        using var scope = NewDisposeScope();
        var alphaBar = _schedule.AlphaBar(_timesteps[step]);
        var alphaBarNext = _schedule.AlphaBar(Next(step));
        var (alpha, beta) = Coefficients(step, alphaBar, alphaBarNext);
        var denoised = denoise(sample, step);
        var mean = denoised.Original.Times(Math.Sqrt(alphaBarNext) * beta / (1 - alphaBar));
        mean.PlusInPlace(sample, Math.Sqrt(alpha) * (1 - alphaBarNext) / (1 - alphaBar));
        if (noise is null) return mean.MoveToOuterDisposeScope();
        var least = Math.Max((1 - alphaBarNext) / (1 - alphaBar) * beta, LeastVariance);
        return AddNoise(mean, noise, denoised.Variance, least, beta).MoveToOuterDisposeScope();
    }

    /// <summary>The training step that a step leads to; −1 where that is no noise at all.</summary>
    private int Next(int step) => step + 1 < _timesteps.Length ? _timesteps[step + 1] : -1;

    private (double Alpha, double Beta) Coefficients(int step, double alphaBar, double alphaBarNext)
    {
        if (!_roundsSteps) return (alphaBar / alphaBarNext, 1 - (alphaBar / alphaBarNext));
        var beta = Next(step) == _timesteps[step] - 1 ? _schedule.Beta(_timesteps[step]) : 1f - ((float)alphaBar / (float)alphaBarNext);
        return (1f - beta, beta);
    }

    /// <param name="mean">[B, C, H, W]</param>
    /// <param name="noise">[B, C, H, W]</param>
    /// <param name="variance">[B, C, H, W] from the network, or null.</param>
    /// <param name="least">β̃</param>
    /// <param name="most">β</param>
    private Tensor AddNoise(Tensor mean, Tensor noise, Tensor? variance, double least, double most) => (_variance, variance) switch
    {
        (VarianceType.LearnedRange, { } range) => mean.PlusProductInPlace(LearnedDeviation(range, least, most), noise),
        (VarianceType.Learned, { } learned) => mean.PlusProductInPlace(learned.sqrt(), noise),
        (VarianceType.FixedLarge, _) => mean.PlusInPlace(noise, Math.Sqrt(most)),
        (VarianceType.FixedSmall or VarianceType.FixedSmallLog, _) => mean.PlusInPlace(noise, Math.Sqrt(least)),
        _ => throw new InvalidOperationException($"variance_type is {_variance}, but the network has no variance channels."),
    };

    /// <summary>exp(½(f·ln β + (1−f)·ln β̃)) with f = (v+1)/2; v is not clamped.</summary>
    private static Tensor LearnedDeviation(Tensor variance, double least, double most)
    {
        var (low, high) = (Math.Log(least), Math.Log(most));
        // ½(low + (v+1)/2·(high − low)) as one multiply and one add.
        return variance.Times((high - low) / 4).PlusInPlace((high + low) / 4).exp_();
    }
}
