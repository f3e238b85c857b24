namespace RenderFarm.Training.Scenes.Captions;

/// <summary>
/// What a caption says or a picture shows at each place, as class numbers: the targets of the encoders' pre-training. Numbers are those of the
/// enums; one more says that nothing is there; <see cref="Ignored"/> marks what the caption leaves open (cross-entropy skips it).
/// </summary>
/// <param name="Shapes">Shape class at each <see cref="Place"/>, or <see cref="NoShape"/>.</param>
/// <param name="Colours">Colour class at each place, or <see cref="NoColour"/>.</param>
/// <param name="Sizes">Size class at each place, or <see cref="NoSize"/>.</param>
/// <param name="Fills">Fill class at each place, or <see cref="NoFill"/>.</param>
/// <param name="Background">Background class.</param>
internal sealed record TrainingLabels(int[] Shapes, int[] Colours, int[] Sizes, int[] Fills, int Background)
{
    /// <summary>Not to be learned from (torch's default ignore_index).</summary>
    public const int Ignored = -100;

    /// <summary>Number of places, the length of each array.</summary>
    public const int Places = 9;

    public const int NoShape = 16;
    public const int NoColour = 18;
    public const int NoSize = 2;
    public const int NoFill = 4;
    public const int Backgrounds = 5;

    /// <summary>The targets for a caption.</summary>
    public static TrainingLabels For(Caption caption)
    {
        var scene = caption.Scene;
        var background = caption.SaysBackground ? (int)scene.Background : Ignored;
        var (shapes, colours, sizes, fills) = caption.SaysPlaces
            ? (Filled(NoShape), Filled(NoColour), Filled(NoSize), Filled(NoFill))
            : (Filled(Ignored), Filled(Ignored), Filled(Ignored), Filled(Ignored));
        for (var i = 0; caption.SaysPlaces && i < scene.Objects.Length; i++)
        {
            var item = scene.Objects[i];
            shapes[(int)item.Place] = (int)item.Shape;
            colours[(int)item.Place] = (int)item.Colour;
            fills[(int)item.Place] = (int)item.Fill;
            sizes[(int)item.Place] = caption.SaysSize[i] ? (int)item.Size : Ignored;
        }

        return new TrainingLabels(shapes, colours, sizes, fills, background);
    }

    /// <summary>The targets for a scene's picture, which leaves nothing open but a strange background.</summary>
    public static TrainingLabels For(Scene scene) => For(new Caption("", scene, SaysBackground: scene.StrangeGround is null, SaysPlaces: true, [.. scene.Objects.Select(_ => true)]));

    /// <summary>The same, but <see cref="Ignored"/> for colours and shapes of the rich world alone, which may have any value and any outline, and for those shapes' fills: an outline may have a hole.</summary>
    public TrainingLabels OfNamedLooks() => this with
    {
        Colours = [.. Colours.Select(colour => colour is Ignored or NoColour || World.Wide.Has((Colour)colour) ? colour : Ignored)],
        Shapes = [.. Shapes.Select(shape => IsNamed(shape) ? shape : Ignored)],
        Fills = [.. Fills.Select((fill, place) => IsNamed(Shapes[place]) ? fill : Ignored)],
    };

    private static bool IsNamed(int shape) => shape is Ignored or NoShape || World.Wide.Has((Shape)shape);

    private static int[] Filled(int value) => [.. Enumerable.Repeat(value, Places)];
}
