namespace RenderFarm.Diffusion.Sampling;

/// <summary>
/// What the network's input is made of: <paramref name="Signal"/>·x₀ + <paramref name="Noise"/>·ε, with squares that sum to 1.
/// </summary>
internal readonly record struct NoiseLevel(double Signal, double Noise)
{
    public static NoiseLevel OfAlphaBar(double alphaBar) => new(Math.Sqrt(alphaBar), Math.Sqrt(1 - alphaBar));

    /// <param name="sigma">Noise to signal.</param>
    public static NoiseLevel OfSigma(double sigma) => new(1 / Math.Sqrt(sigma * sigma + 1), sigma / Math.Sqrt(sigma * sigma + 1));

    /// <summary>Half the logarithm of the signal-to-noise ratio; infinite where there is no noise.</summary>
    public double Lambda => Math.Log(Signal) - Math.Log(Noise);
}
