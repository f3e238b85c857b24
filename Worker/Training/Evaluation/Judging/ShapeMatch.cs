using RenderFarm.Training.Scenes;

namespace RenderFarm.Training.Evaluation.Judging;

/// <summary>How well a blob fits a shape.</summary>
/// <param name="Shape">The shape.</param>
/// <param name="Outlined">Whether it is its outline alone.</param>
/// <param name="Overlap">Intersection over union with the shape's template of the same area and centre of mass.</param>
/// <param name="Radius">That template's radius, as a fraction of the picture's side.</param>
/// <param name="PlaceX">Where that template's place (not its centre of mass) lies, as a fraction of the side.</param>
/// <param name="PlaceY">As <paramref name="PlaceX"/>, downwards.</param>
internal sealed record ShapeMatch(Shape Shape, bool Outlined, double Overlap, double Radius, double PlaceX, double PlaceY)
{
    /// <summary>The shape of this world that fits best.</summary>
    public static ShapeMatch Best(Blob blob, World world) => ShapeTemplate.Of(world).Select(template => Of(blob, template)).MaxBy(match => match.Overlap)!;

    /// <summary>The fit of one shape.</summary>
    public static ShapeMatch Of(Blob blob, ShapeTemplate template)
    {
        const int Side = JudgedImage.Side;
        var radius = Math.Sqrt(blob.Area / template.Area);
        var placeX = blob.CentreX - (radius * template.CentreX);
        var placeY = blob.CentreY - (radius * template.CentreY);
        var reach = 1.3 * radius;
        var (left, right) = (Math.Max(0, Math.Min(blob.Box.Left, (int)(placeX - reach))), Math.Min(Side, Math.Max(blob.Box.Right, (int)(placeX + reach) + 1)));
        var (top, bottom) = (Math.Max(0, Math.Min(blob.Box.Top, (int)(placeY - reach))), Math.Min(Side, Math.Max(blob.Box.Bottom, (int)(placeY + reach) + 1)));
        var (both, either) = (0, 0);
        for (var y = top; y < bottom; y++)
        {
            var (templateY, row) = ((y + 0.5 - placeY) / radius, y * Side);
            for (var x = left; x < right; x++)
            {
                var expected = template.Covers((x + 0.5 - placeX) / radius, templateY);
                var found = blob.Mask[row + x];
                both += expected && found ? 1 : 0;
                either += expected || found ? 1 : 0;
            }
        }

        return new ShapeMatch(template.Shape, template.Outlined, both / (double)either, radius / Side, placeX / Side, placeY / Side);
    }
}
