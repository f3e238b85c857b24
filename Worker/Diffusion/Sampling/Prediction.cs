using RenderFarm.Diffusion.Layers;
using static TorchSharp.torch;

namespace RenderFarm.Diffusion.Sampling;

/// <summary>
/// Reads picture and noise out of what a network predicts (Ho et al. 2020, equation 15; Salimans and Ho 2022, appendix D).
/// Notation: x = a·x₀ + s·ε with a and s the step's <see cref="NoiseLevel"/>.
/// </summary>
internal static class Prediction
{
    /// <param name="type">What the output means.</param>
    /// <param name="sample">x, float32 [B, C, H, W].</param>
    /// <param name="output">The network's, float32 [B, C, H, W].</param>
    /// <param name="level">a and s.</param>
    /// <returns>x₀ and ε. Either may be <paramref name="output"/> itself.</returns>
    public static (Tensor Original, Tensor Noise) Read(PredictionType type, Tensor sample, Tensor output, NoiseLevel level)
    {
        var (a, s) = (level.Signal, level.Noise);
        return type switch
        {
            PredictionType.Epsilon => (sample.Over(a).PlusInPlace(output, -s / a), output),
            PredictionType.Sample => (output, sample.Over(s).PlusInPlace(output, -a / s)),
            _ => (sample.Times(a).PlusInPlace(output, -s), output.Times(a).PlusInPlace(sample, s)),
        };
    }
}
