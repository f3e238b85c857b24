namespace RenderFarm.Api.Pictures;

/// <summary>What is known of a picture that can be taken.</summary>
/// <param name="ContentType">image/png, image/jpeg or image/webp.</param>
/// <param name="Width">Pixels, as it is meant to be seen.</param>
/// <param name="Height">Pixels.</param>
internal sealed record CheckedPicture(string ContentType, int Width, int Height);
