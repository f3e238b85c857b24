namespace RenderFarm.Diffusion.Sampling;

/// <summary>How the noise added per training step grows; diffusers' <c>beta_schedule</c>.</summary>
internal enum BetaSchedule
{
    Linear,

    /// <summary>Linear in the square root of beta.</summary>
    ScaledLinear,

    /// <summary>The cosine schedule of Nichol and Dhariwal 2021, betas capped at 0.999.</summary>
    SquaredCosine,
}
