using static TorchSharp.torch;

namespace RenderFarm.Diffusion.Sampling;

/// <summary>The one thing a sampler asks of a model.</summary>
/// <param name="sample">float32 [B, C, H, W], scaled to the <see cref="NoiseLevel"/> of the step.</param>
/// <param name="step">Index into <see cref="Sampler.Timesteps"/>.</param>
/// <returns>Tensors in the caller's dispose scope.</returns>
internal delegate Denoised Denoise(Tensor sample, int step);
