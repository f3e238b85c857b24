namespace RenderFarm.Diffusion.Sampling;

/// <summary>Which variance a DDPM step's noise has; diffusers' <c>variance_type</c>.</summary>
internal enum VarianceType
{
    /// <summary>β̃, the posterior's when x₀ is known exactly.</summary>
    FixedSmall,

    /// <summary>β̃ by way of its logarithm; the same number.</summary>
    FixedSmallLog,

    /// <summary>β.</summary>
    FixedLarge,

    /// <summary>What the network's second half of channels says.</summary>
    Learned,

    /// <summary>
    /// Between ln β̃ and ln β, the network's second half of channels saying where (Nichol and Dhariwal 2021, equation 15).
    /// </summary>
    LearnedRange,
}
