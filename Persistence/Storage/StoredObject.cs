namespace RenderFarm.Persistence.Storage;

/// <summary>An object that the store was seen to hold.</summary>
/// <param name="Key">Name in the store.</param>
/// <param name="Size">Bytes.</param>
/// <param name="Sha256">Lower-case hexadecimal.</param>
public sealed record StoredObject(string Key, long Size, string Sha256);
