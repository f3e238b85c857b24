using RenderFarm.Diffusion.Sampling;
using RenderFarm.Diffusion.StartPictures;

namespace RenderFarm.Diffusion.Cascades.Stages;

/// <summary>One picture of a stage's batch.</summary>
/// <param name="Prompt">What to draw.</param>
/// <param name="NegativePrompt">What to lead away from.</param>
/// <param name="Noise">Its random numbers, which go through all stages.</param>
/// <param name="Plan">How.</param>
/// <param name="Start">What to start from instead of noise alone, where the plan does; null else.</param>
internal sealed record StageRow(string Prompt, string NegativePrompt, PictureNoise Noise, StagePlan Plan, StartPixels? Start = null);
