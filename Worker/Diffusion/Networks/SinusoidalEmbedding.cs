using RenderFarm.Diffusion.Layers;
using static TorchSharp.torch;

namespace RenderFarm.Diffusion.Networks;

/// <summary>
/// Timesteps as waves of geometrically falling frequency (Vaswani et al. 2017, section 3.5), cosines first:
/// [cos(t fᵢ), sin(t fᵢ)] with fᵢ = 10000^(-i / half), half = width / 2.
/// </summary>
internal static class SinusoidalEmbedding
{
    private const double MaxPeriod = 10000;

    /// <param name="timesteps">[B], any number format</param>
    /// <param name="width">D, even</param>
    /// <returns>float32 [B, D]</returns>
    public static Tensor Compute(Tensor timesteps, long width)
    {
        using var scope = NewDisposeScope();
        var half = width / 2;
        var index = Arithmetic.Count(half, ScalarType.Float32, timesteps.device);
        var frequencies = index.Times(-Math.Log(MaxPeriod)).Over(half).exp();
        var angles = timesteps.to(ScalarType.Float32).unsqueeze(1) * frequencies; // [B, half]
        return cat([angles.cos(), angles.sin()], 1).MoveToOuterDisposeScope();
    }
}
