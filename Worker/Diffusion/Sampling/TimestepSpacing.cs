namespace RenderFarm.Diffusion.Sampling;

/// <summary>
/// How N sampling steps are spread over the training steps (Lin et al. 2023, table 2); diffusers' <c>timestep_spacing</c>.
/// </summary>
internal enum TimestepSpacing
{
    Leading,
    Trailing,
    Linspace,
}
