using RenderFarm.Training.Scenes;

namespace RenderFarm.Training.Evaluation;

/// <summary>How well a blob fits a shape.</summary>
/// <param name="Shape">The shape.</param>
/// <param name="Overlap">Intersection over union with the shape's template of the same area and centre of mass.</param>
/// <param name="Radius">That template's radius, as a fraction of the picture's side.</param>
/// <param name="PlaceX">Where that template's place (not its centre of mass) lies, as a fraction of the side.</param>
/// <param name="PlaceY">As <paramref name="PlaceX"/>, downwards.</param>
internal sealed record ShapeMatch(Shape Shape, double Overlap, double Radius, double PlaceX, double PlaceY)
{
    /// <summary>The shape that fits best.</summary>
    public static ShapeMatch Best(Blob blob) => ShapeTemplate.All.Select(template => Of(blob, template)).MaxBy(match => match.Overlap)!;

    /// <summary>The fit of one shape.</summary>
    public static ShapeMatch Of(Blob blob, ShapeTemplate template)
    {
        const int Side = JudgedImage.Side;
        var radius = Math.Sqrt(blob.Area / template.Area);
        var placeX = blob.CentreX - (radius * template.CentreX);
        var placeY = blob.CentreY - (radius * template.CentreY);
        var reach = (int)Math.Ceiling(1.5 * radius);
        var (both, either) = (0, 0);
        for (var y = Math.Max(0, Math.Min(blob.Box.Top, (int)placeY - reach)); y < Math.Min(Side, Math.Max(blob.Box.Bottom, (int)placeY + reach)); y++)
        {
            for (var x = Math.Max(0, Math.Min(blob.Box.Left, (int)placeX - reach)); x < Math.Min(Side, Math.Max(blob.Box.Right, (int)placeX + reach)); x++)
            {
                var expected = template.Covers((x + 0.5 - placeX) / radius, (y + 0.5 - placeY) / radius);
                var found = blob.Mask[(y * Side) + x];
                both += expected && found ? 1 : 0;
                either += expected || found ? 1 : 0;
            }
        }

        return new ShapeMatch(template.Shape, both / (double)either, radius / Side, placeX / Side, placeY / Side);
    }
}
