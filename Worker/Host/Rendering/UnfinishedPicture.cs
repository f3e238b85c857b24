namespace RenderFarm.Worker.Rendering;

/// <summary>A work as far as it is drawn.</summary>
/// <param name="Picture">Not encoded yet.</param>
/// <param name="Cost">How long the device was kept from drawing.</param>
public sealed record UnfinishedPicture(PictureSource Picture, TimeSpan Cost);
