using static TorchSharp.torch;

namespace RenderFarm.Diffusion.Cascades;

/// <summary>What a super-resolution network is shown beside the noisy picture.</summary>
/// <param name="Pictures">The smaller pictures, enlarged and with noise put on them, float32 [B, 3, H, W].</param>
/// <param name="NoiseLevels">How much noise, as training steps [B].</param>
internal sealed record LowResolution(Tensor Pictures, Tensor NoiseLevels);
