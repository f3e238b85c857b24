using static TorchSharp.torch;

namespace RenderFarm.Diffusion.Sampling;

/// <summary>
/// What a network, seen through guidance, prediction type and thresholding, says about a noisy sample. Tensors are float32 [B, C, H, W].
/// </summary>
/// <param name="Original">The clean picture x₀, thresholded.</param>
/// <param name="Noise">The noise ε, as predicted: not re-derived from the thresholded picture.</param>
/// <param name="Output">What the guided network said, before it was read as picture and noise.</param>
/// <param name="Variance">The network's variance channels, or null if it has none.</param>
internal readonly record struct Denoised(Tensor Original, Tensor Noise, Tensor Output, Tensor? Variance);
