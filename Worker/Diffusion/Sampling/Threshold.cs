using RenderFarm.Diffusion.Layers;
using static TorchSharp.torch;

namespace RenderFarm.Diffusion.Sampling;

/// <summary>
/// Keeps the predicted picture in range. Static: clamp. Dynamic (Saharia et al. 2022, section 2.3): s is the given quantile of |x₀| over
/// one picture, held between 1 and a maximum; the picture is clamped to ±s and divided by s.
/// </summary>
internal sealed class Threshold
{
    private readonly double? _clip;
    private readonly double _ratio;
    private readonly double _maximum;

    private Threshold(double? clip, double ratio, double maximum) => (_clip, _ratio, _maximum) = (clip, ratio, maximum);

    /// <summary>
    /// What the configuration asks for, or null for nothing. As in diffusers, Euler's sampler and PNDM never threshold and DPM-Solver++ only
    /// dynamically.
    /// </summary>
    public static Threshold? Of(SchedulerConfig config) => config switch
    {
        { Kind: SamplerKind.Euler or SamplerKind.Pndm } => null,
        // A maximum of 1 makes the quantile meaningless: it is held between 1 and 1.
        { DynamicThreshold: true, ThresholdMaximum: 1 } => new Threshold(1, 0, 0),
        { DynamicThreshold: true } => new Threshold(null, config.ThresholdRatio, config.ThresholdMaximum),
        { ClipSample: true, Kind: SamplerKind.Ddpm or SamplerKind.Ddim } => new Threshold(config.ClipRange, 0, 0),
        _ => null,
    };

    /// <param name="original">x₀, float32 [B, C, H, W].</param>
    /// <returns>[B, C, H, W], in the caller's dispose scope.</returns>
    public Tensor Apply(Tensor original)
    {
        if (_clip is { } range) return original.Between(-range, range);
        using var scope = NewDisposeScope();
        var limit = Quantile(original.abs().flatten(1)).BetweenInPlace(Math.Min(1, _maximum), _maximum).view(-1, 1, 1, 1);
        return original.minimum(limit).maximum(-limit).div_(limit).MoveToOuterDisposeScope();
    }

    /// <summary>
    /// The quantile of each row with linear interpolation, by selection: libtorch's own sorts whole rows and takes at most 16 million
    /// numbers.
    /// </summary>
    /// <param name="rows">float32 [B, N].</param>
    /// <returns>[B]</returns>
    private Tensor Quantile(Tensor rows)
    {
        var count = rows.shape[1];
        var position = _ratio * (count - 1);
        var below = (long)Math.Floor(position);
        // The largest values from `below` up, so that its two neighbours are the smallest of them.
        var (upper, _) = rows.topk((int)(count - below), dim: 1, largest: true, sorted: false);
        var (least, _) = upper.topk((int)Math.Min(2, count - below), dim: 1, largest: false, sorted: true);
        var low = least.select(1, 0);
        return below == count - 1 ? low : low.lerp(least.select(1, 1), position - below);
    }
}
