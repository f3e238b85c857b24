using static TorchSharp.torch;

namespace RenderFarm.Diffusion.Networks;

/// <summary>What a residual block is told, or has prepared.</summary>
/// <param name="Modulation">the time embedding's part: [B, 2 out] scale and shift, or [B, out] where it is merely added</param>
/// <param name="UpsamplingSums">of <see cref="UpsamplingConvolution.Sums"/> for a block that doubles the size, or null to do that plainly</param>
internal readonly record struct ResnetConditions(Tensor Modulation, Tensor? UpsamplingSums = null);
