using static TorchSharp.torch;

namespace RenderFarm.Diffusion.Networks.Attention;

/// <summary>A text as one attention layer sees it.</summary>
/// <param name="Keys">[B, L, C]</param>
/// <param name="Values">[B, L, C]</param>
internal readonly record struct TextKeysValues(Tensor Keys, Tensor Values);
