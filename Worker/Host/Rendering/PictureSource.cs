namespace RenderFarm.Worker.Rendering;

/// <summary>A picture that is rendered but not yet encoded: encoding happens beside the next group's rendering.</summary>
/// <param name="Width">Pixels.</param>
/// <param name="Height">Pixels.</param>
/// <param name="EncodePng">Makes the PNG; called once, on another thread.</param>
public sealed record PictureSource(int Width, int Height, Func<byte[]> EncodePng);
