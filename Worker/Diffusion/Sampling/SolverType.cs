namespace RenderFarm.Diffusion.Sampling;

/// <summary>The form of DPM-Solver++'s second-order term; diffusers' <c>solver_type</c>.</summary>
internal enum SolverType
{
    Midpoint,
    Heun,
}
