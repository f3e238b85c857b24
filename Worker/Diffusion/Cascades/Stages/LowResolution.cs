using static TorchSharp.torch;

namespace RenderFarm.Diffusion.Cascades.Stages;

/// <summary>What a super-resolution network is shown beside the noisy picture.</summary>
/// <param name="Pictures">The smaller pictures with noise put on them, of the sample's height and width, float32 [B, 3, H, W].</param>
/// <param name="NoiseLevels">How much noise, as training steps [B].</param>
/// <param name="ScaledWithSample">Whether a sampler that scales the sample for the network scales these as well.</param>
internal sealed record LowResolution(Tensor Pictures, Tensor NoiseLevels, bool ScaledWithSample);
