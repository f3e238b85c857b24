namespace RenderFarm.Persistence.Pictures;

/// <summary>A checked picture on its way into the store.</summary>
/// <param name="Tenant">Whose it is.</param>
/// <param name="Content">The file's bytes.</param>
/// <param name="ContentType">image/png, image/jpeg or image/webp.</param>
/// <param name="Width">Pixels, as it is meant to be seen.</param>
/// <param name="Height">Pixels.</param>
public sealed record NewPicture(string Tenant, ReadOnlyMemory<byte> Content, string ContentType, int Width, int Height);
