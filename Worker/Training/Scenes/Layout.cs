namespace RenderFarm.Training.Scenes;

/// <summary>Places and sizes as fractions of the picture's side.</summary>
internal static class Layout
{
    /// <summary>From the middle row or column of the grid to an outer one.</summary>
    private const double Spread = 0.25;

    /// <summary>The same where objects stand side by side, which would touch otherwise.</summary>
    private const double WideSpread = 0.3;

    /// <summary>Extent of the widest shape, for a radius of 1.</summary>
    private const double Extent = 1.15;

    /// <summary>An object's centre in its scene; x grows to the right, y downwards.</summary>
    public static (double X, double Y) Centre(Scene scene, SceneObject item)
    {
        var (column, row) = Grid(item.Place);
        var spread = IsCrowded([.. scene.Objects.Select(other => other.Place)]) ? WideSpread : Spread;
        return (0.5 + column * spread, 0.5 + row * spread);
    }

    /// <summary>An object's radius.</summary>
    public static double Radius(ObjectSize size) => size == ObjectSize.Large ? 1.0 / 5 : 1.0 / 8;

    /// <summary>Whether objects of these sizes at two places, in a scene that is not crowded, stand clear of each other.</summary>
    public static bool HasRoom(Place one, ObjectSize size, Place other, ObjectSize otherSize)
    {
        var ((column, row), (otherColumn, otherRow)) = (Grid(one), Grid(other));
        var distance = Spread * Math.Sqrt((column - otherColumn) * (column - otherColumn) + (row - otherRow) * (row - otherRow));
        return distance >= Extent * (Radius(size) + Radius(otherSize));
    }

    /// <summary>Whether two of the places touch along a side of the grid's cells.</summary>
    public static bool IsCrowded(IReadOnlyList<Place> places)
    {
        for (var i = 0; i < places.Count; i++)
        {
            for (var j = 0; j < i; j++)
            {
                var ((column, row), (otherColumn, otherRow)) = (Grid(places[i]), Grid(places[j]));
                if (Math.Abs(column - otherColumn) + Math.Abs(row - otherRow) == 1) return true;
            }
        }

        return false;
    }

    private static (int Column, int Row) Grid(Place place) => place switch
    {
        Place.TopLeft => (-1, -1),
        Place.Top => (0, -1),
        Place.TopRight => (1, -1),
        Place.Left => (-1, 0),
        Place.Centre => (0, 0),
        Place.Right => (1, 0),
        Place.BottomLeft => (-1, 1),
        Place.Bottom => (0, 1),
        Place.BottomRight => (1, 1),
        _ => throw new ArgumentOutOfRangeException(nameof(place), place, "The layout has no such place; add it here."),
    };
}
