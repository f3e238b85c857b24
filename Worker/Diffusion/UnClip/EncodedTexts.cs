using static TorchSharp.torch;

namespace RenderFarm.Diffusion.UnClip;

/// <summary>What CLIP says of texts.</summary>
/// <param name="States">[B, L, D]</param>
/// <param name="Embeddings">each text among pictures [B, D]</param>
/// <param name="Hidden">1 for padding, which is not to be seen, else 0: float32 [B, L]</param>
internal sealed record EncodedTexts(Tensor States, Tensor Embeddings, Tensor Hidden);
