namespace RenderFarm.Diffusion.Weights;

/// <summary>A run of an array's bytes.</summary>
/// <param name="Offset">From the start of the file.</param>
/// <param name="Length">In bytes.</param>
internal readonly record struct FlaxPiece(long Offset, long Length);
