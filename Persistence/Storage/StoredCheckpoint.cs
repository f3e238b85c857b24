namespace RenderFarm.Persistence.Storage;

/// <summary>A finished stage of a job that is not finished.</summary>
/// <param name="Stage">Index of the stage, from 0.</param>
/// <param name="Fingerprint">Of everything that determines the picture, in lower-case hexadecimal: whether a worker can go on from here.</param>
/// <param name="Content">The renderer's own.</param>
public sealed record StoredCheckpoint(int Stage, string Fingerprint, ReadOnlyMemory<byte> Content);
