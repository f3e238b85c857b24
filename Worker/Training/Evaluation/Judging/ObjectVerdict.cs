using RenderFarm.Training.Scenes;

namespace RenderFarm.Training.Evaluation.Judging;

/// <summary>One asked-for object beside what was found for it. What the caption leaves open is right whatever was drawn.</summary>
/// <param name="Asked">The object that the caption names.</param>
/// <param name="Found">What was taken for it, or null when nothing was.</param>
/// <param name="AsksSize">Whether the caption says the size.</param>
/// <param name="AsksPlace">Whether the caption says the place.</param>
internal sealed record ObjectVerdict(SceneObject Asked, Finding? Found, bool AsksSize, bool AsksPlace)
{
    public bool Present => Found is not null;

    public bool ShapeRight => Found?.Shape == Asked.Shape;

    public bool ColourRight => Found?.Colour == Asked.Colour;

    public bool SizeRight => Found is not null && (!AsksSize || Found.Size == Asked.Size);

    public bool PlaceRight => Found is not null && (!AsksPlace || Found.Place == Asked.Place);

    public bool FillRight => Found?.Fill == Asked.Fill;

    /// <summary>Present, and right in all that the caption says.</summary>
    public bool FullyRight => ShapeRight && ColourRight && SizeRight && PlaceRight && FillRight;
}
