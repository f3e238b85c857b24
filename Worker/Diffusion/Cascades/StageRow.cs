using RenderFarm.Diffusion.Sampling;
using RenderFarm.Diffusion.StartPictures;
using static TorchSharp.torch;

namespace RenderFarm.Diffusion.Cascades;

/// <summary>One picture of a stage's batch.</summary>
/// <param name="Prompt">What to draw.</param>
/// <param name="NegativePrompt">What to lead away from.</param>
/// <param name="Noise">Its random numbers, which go through all stages.</param>
/// <param name="Plan">How.</param>
/// <param name="Start">What to start from instead of noise alone, where the plan does; null else.</param>
/// <param name="Fused">What conditions the network in place of the prompt's states, [L, D]: where there is a reference picture; stays the caller's. Null else.</param>
internal sealed record StageRow(string Prompt, string NegativePrompt, PictureNoise Noise, StagePlan Plan, StartPixels? Start = null, Tensor? Fused = null);
