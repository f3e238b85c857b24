namespace RenderFarm.Diffusion.Sampling;

/// <summary>What the network's output means; diffusers' <c>prediction_type</c>.</summary>
internal enum PredictionType
{
    /// <summary>The noise in the sample.</summary>
    Epsilon,

    /// <summary>The clean picture.</summary>
    Sample,

    /// <summary>v = √ᾱ·ε − √(1−ᾱ)·x₀ (Salimans and Ho 2022).</summary>
    Velocity,
}
