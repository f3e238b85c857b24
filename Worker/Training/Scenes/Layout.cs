namespace RenderFarm.Training.Scenes;

/// <summary>Places and sizes as fractions of the picture's side.</summary>
internal static class Layout
{
    /// <summary>An object's centre; x grows to the right, y downwards.</summary>
    public static (double X, double Y) Centre(Place place) => place switch
    {
        Place.TopLeft => (0.25, 0.25),
        Place.TopRight => (0.75, 0.25),
        Place.BottomLeft => (0.25, 0.75),
        Place.BottomRight => (0.75, 0.75),
        Place.Centre => (0.5, 0.5),
        _ => throw new ArgumentOutOfRangeException(nameof(place), place, "The layout has no such place; add it here."),
    };

    /// <summary>An object's radius.</summary>
    public static double Radius(ObjectSize size) => size == ObjectSize.Large ? 1.0 / 5 : 1.0 / 8;
}
