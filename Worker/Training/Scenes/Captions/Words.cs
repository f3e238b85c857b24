using System.Collections.Frozen;

namespace RenderFarm.Training.Scenes.Captions;

/// <summary>The words for each attribute. What stands first or repeatedly is said more often.</summary>
internal static class Words
{
    private static readonly FrozenDictionary<Shape, string[]> Shapes = new Dictionary<Shape, string[]>
    {
        [Shape.Circle] = ["circle", "circle", "circle", "disc", "disk", "dot"],
        [Shape.Square] = ["square", "square", "square", "box"],
        [Shape.Triangle] = ["triangle"],
        [Shape.Star] = ["star"],
        [Shape.Heart] = ["heart"],
        [Shape.Cross] = ["cross", "cross", "cross", "plus", "plus sign"],
        [Shape.Ring] = ["ring", "ring", "ring", "hoop", "donut"],
        [Shape.Crescent] = ["crescent", "crescent", "moon", "crescent moon"],
        [Shape.Diamond] = ["diamond"],
        [Shape.Oval] = ["oval", "oval", "ellipse"],
        [Shape.Bar] = ["bar", "bar", "rectangle"],
        [Shape.Arrow] = ["arrow"],
        [Shape.Drop] = ["drop", "drop", "raindrop", "teardrop"],
        [Shape.Dome] = ["dome", "dome", "half circle", "semicircle"],
        [Shape.Hourglass] = ["hourglass"],
        [Shape.Chevron] = ["chevron"],
    }.ToFrozenDictionary();

    private static readonly FrozenDictionary<Place, string[]> Places = new Dictionary<Place, string[]>
    {
        [Place.TopLeft] = Corner("top", "upper", "left"),
        [Place.TopRight] = Corner("top", "upper", "right"),
        [Place.BottomLeft] = Corner("bottom", "lower", "left"),
        [Place.BottomRight] = Corner("bottom", "lower", "right"),
        [Place.Centre] =
        [
            "in the centre", "in the center", "in the middle", "at the centre", "at the center", "in the centre of the picture",
            "in the center of the image", "in the middle of the picture", "in the middle of the image",
        ],
        [Place.Top] = Edge("top", "upper", ["at the top", "at the top", "at the top of the picture"]),
        [Place.Bottom] = Edge("bottom", "lower", ["at the bottom", "at the bottom", "at the bottom of the picture"]),
        [Place.Left] = Edge("left", "left", ["on the left", "on the left", "at the left", "on the left side"]),
        [Place.Right] = Edge("right", "right", ["on the right", "on the right", "at the right", "on the right side"]),
    }.ToFrozenDictionary();

    public static string[] Of(Shape shape) => Shapes[shape];

    public static string[] Of(Place place) => Places[place];

    public static string[] Of(Colour colour) => colour switch
    {
        Colour.Purple => ["purple", "purple", "violet"],
        _ => [colour.ToString().ToLowerInvariant()],
    };

    public static string[] Of(ObjectSize size) => size switch
    {
        ObjectSize.Large => ["big", "large", "big", "large", "huge"],
        _ => ["small", "small", "little", "tiny"],
    };

    public static string[] Of(Background background) => background switch
    {
        Background.Gray => ["gray", "grey"],
        Background.LightBlue => ["light blue", "light blue", "sky blue"],
        Background.Navy => ["navy", "dark blue", "navy blue"],
        _ => [background.ToString().ToLowerInvariant()],
    };

    /// <summary>Words before the shape, or behind it where they begin with "with".</summary>
    public static string[] Of(Fill fill) => fill switch
    {
        Fill.Striped => ["striped", "striped", "with stripes"],
        Fill.Dotted => ["dotted", "spotted", "with dots", "with spots"],
        Fill.Outlined => ["outlined", "hollow", "outlined"],
        _ => throw new ArgumentOutOfRangeException(nameof(fill), fill, "A plain object is not told of as such."),
    };

    /// <summary>The number of equal objects.</summary>
    public static string Of(int number) => number switch
    {
        2 => "two",
        3 => "three",
        4 => "four",
        5 => "five",
        _ => throw new ArgumentOutOfRangeException(nameof(number), number, "This many objects are not told of by their number."),
    };

    /// <summary>A shape's word for several.</summary>
    public static string Plural(string shape) => shape + (shape.EndsWith('s') || shape.EndsWith('x') ? "es" : "s");

    private static string[] Edge(string side, string other, string[] more) => [.. more, $"in the {side} centre", $"in the {side} middle", $"in the {other} middle"];

    private static string[] Corner(string row, string otherRow, string column) =>
    [
        $"in the {row} {column} corner", $"in the {row} {column}", $"at the {row} {column}", $"in the {otherRow} {column} corner",
        $"in the {otherRow} {column}", $"at the {otherRow} {column}", $"{row} {column}", $"in the {row}-{column} corner",
        $"on the {row} {column}", $"in the {row} {column} corner of the picture",
    ];
}
