using static TorchSharp.torch;

namespace RenderFarm.Diffusion.Sampling;

/// <summary>Wraps a model so that the clean picture it predicted last can be looked at between two steps.</summary>
/// <param name="denoise">The model.</param>
internal sealed class LastEstimate(Denoise denoise) : IDisposable
{
    private Tensor? _original;

    /// <summary>x₀ as of the last call, float32 [B, C, H, W]; stays this object's.</summary>
    /// <exception cref="InvalidOperationException">There was no call yet.</exception>
    public Tensor Original => _original ?? throw new InvalidOperationException("Nothing is predicted before the first step.");

    /// <inheritdoc cref="Sampling.Denoise"/>
    public Denoised Denoise(Tensor sample, int step)
    {
        var denoised = denoise(sample, step);
        _original?.Dispose();
        // No copy: samplers change none of what a model says.
        _original = denoised.Original.alias().DetachFromDisposeScope();
        return denoised;
    }

    public void Dispose() => _original?.Dispose();
}
