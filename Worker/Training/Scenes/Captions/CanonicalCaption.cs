using System.Collections.Immutable;

namespace RenderFarm.Training.Scenes.Captions;

/// <summary>
/// The one caption of a scene among all that tell it wholly: objects in the order of <see cref="Place"/>, each by its place, then the background. In parts,
/// each with the slot that says it: the place's number for an object, <see cref="GroundSlot"/> for the background.
/// </summary>
internal sealed record CanonicalCaption(ImmutableArray<(int Slot, string Text)> Parts)
{
    /// <summary>A slot for each place and one for the background, the last.</summary>
    public const int Slots = TrainingLabels.Places + 1;

    /// <summary>Tokens of the longest part, which is an object with a pattern, and its joint.</summary>
    public const int LongestPart = 10;

    /// <summary>The slot of the background.</summary>
    public const int GroundSlot = TrainingLabels.Places;

    /// <summary>The whole.</summary>
    public string Text => string.Join(' ', Parts.Select(part => part.Text));

    public static CanonicalCaption Of(Scene scene)
    {
        var objects = scene.Objects.OrderBy(item => item.Place).ToArray();
        var parts = objects.Select((item, index) => ((int)item.Place, Clause(item, index, objects.Length)));
        return new CanonicalCaption([.. parts, (GroundSlot, $"on a {Words.Of(scene.Background)[0]} background")]);
    }

    private static string Clause(SceneObject item, int index, int count)
    {
        var fill = item.Fill == Fill.Plain ? "" : Words.Of(item.Fill)[0] + " ";
        var noun = $"{(index > 0 && index == count - 1 ? "and " : "")}a {Words.Of(item.Size)[0]} {fill}{Words.Of(item.Colour)[0]} {Words.Of(item.Shape)[0]}";
        return $"{noun} {PlaceOf(item.Place)}{(index < count - 2 ? "," : "")}";
    }

    private static string PlaceOf(Place place) => place switch
    {
        Place.TopLeft => "in the top left",
        Place.TopRight => "in the top right",
        Place.BottomLeft => "in the bottom left",
        Place.BottomRight => "in the bottom right",
        _ => Words.Of(place)[0],
    };
}
