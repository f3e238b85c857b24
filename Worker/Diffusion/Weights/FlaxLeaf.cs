using static TorchSharp.torch;

namespace RenderFarm.Diffusion.Weights;

/// <summary>One array of a flax checkpoint.</summary>
/// <param name="Name">The keys that lead to it, joined by '/'.</param>
/// <param name="Dtype">The number format it is stored in.</param>
/// <param name="Shape">Its dimensions, in flax's order; none for a scalar.</param>
/// <param name="Pieces">Where its bytes lie in the file, in order: one run, or several for an array that flax stored in chunks.</param>
internal sealed record FlaxLeaf(string Name, ScalarType Dtype, long[] Shape, IReadOnlyList<FlaxPiece> Pieces);
