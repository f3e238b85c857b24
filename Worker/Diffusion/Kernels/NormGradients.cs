namespace RenderFarm.Diffusion.Kernels;

/// <summary>Gradients of a normalisation's parameters, and what its input's gradient takes; see <see cref="NormCoefficients.Gradients"/>.</summary>
internal sealed class NormGradients(NormShape shape, bool modulated)
{
    /// <summary>dγ [C].</summary>
    public float[] Weight { get; } = new float[shape.Channels];

    /// <summary>dβ [C].</summary>
    public float[] Bias { get; } = new float[shape.Channels];

    /// <summary>ds and dt [B, 2C], or null.</summary>
    public float[]? Modulation { get; } = modulated ? new float[2 * shape.Batch * shape.Channels] : null;

    /// <summary>p [B, C].</summary>
    public float[] Slope { get; } = new float[shape.Batch * shape.Channels];

    /// <summary>q [B, C].</summary>
    public float[] Offset { get; } = new float[shape.Batch * shape.Channels];
}
