using RenderFarm.Diffusion.Sampling;

namespace RenderFarm.Diffusion.Cascades;

/// <summary>One picture of a stage's batch.</summary>
/// <param name="Prompt">What to draw.</param>
/// <param name="NegativePrompt">What to lead away from.</param>
/// <param name="Noise">Its random numbers, which go through all stages.</param>
/// <param name="Plan">How.</param>
internal sealed record StageRow(string Prompt, string NegativePrompt, PictureNoise Noise, StagePlan Plan);
