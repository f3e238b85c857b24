using System.Collections.Frozen;

namespace RenderFarm.Training.Scenes;

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

    private static string[] Corner(string row, string otherRow, string column) =>
    [
        $"in the {row} {column} corner", $"in the {row} {column}", $"at the {row} {column}", $"in the {otherRow} {column} corner",
        $"in the {otherRow} {column}", $"at the {otherRow} {column}", $"{row} {column}", $"in the {row}-{column} corner",
        $"on the {row} {column}", $"in the {row} {column} corner of the picture",
    ];
}
