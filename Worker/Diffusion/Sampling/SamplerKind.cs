namespace RenderFarm.Diffusion.Sampling;

/// <summary>The samplers there are, each named after the diffusers scheduler whose steps it takes.</summary>
internal enum SamplerKind
{
    /// <summary>Ancestral sampling (Ho et al. 2020); DDPMScheduler.</summary>
    Ddpm,

    /// <summary>Song et al. 2020; DDIMScheduler.</summary>
    Ddim,

    /// <summary>DPM-Solver++ 2M (Lu et al. 2022); DPMSolverMultistepScheduler.</summary>
    DpmSolver,

    /// <summary>Pseudo linear multistep (Liu et al. 2022); PNDMScheduler, with and without its Runge-Kutta steps.</summary>
    Pndm,

    /// <summary>Euler's method in the coordinates of Karras et al. 2022; EulerDiscreteScheduler.</summary>
    Euler,
}
