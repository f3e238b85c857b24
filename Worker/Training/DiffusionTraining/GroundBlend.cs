using RenderFarm.Training.Scenes;
using RenderFarm.Training.Scenes.Captions;

namespace RenderFarm.Training.DiffusionTraining;

/// <summary>
/// A background between two, with its words' states between the two words' (mixup, Zhang et al. 2018). What is learned of a shape's outline is how its colour differs from the background's; between
/// the known backgrounds there are more such differences than before them, among them some that else come with held-out pairs alone.
/// </summary>
/// <param name="Other">What is blended with: the caption of <see cref="OtherLooks.OtherBoth"/>, word for word, with the other background.</param>
/// <param name="Share">How much of the other background there is, from 0 to 1.</param>
/// <param name="Paint">The value between the two.</param>
internal sealed record GroundBlend(Caption Other, double Share, (byte Red, byte Green, byte Blue) Paint)
{
    /// <summary>Draws a blend.</summary>
    /// <param name="looks">The scene's caption and those that its states are mixed from.</param>
    /// <param name="write">Writes a scene's caption with the same choice of words each time.</param>
    /// <param name="pieces">A text's tokens.</param>
    /// <param name="random">Where the choices come from.</param>
    /// <returns>Null where the caption has no word of a background, the other's words do not stand where its do, or an object would be hard to see.</returns>
    public static GroundBlend? Of(OtherLooks looks, Func<Scene, Caption> write, Func<string, IReadOnlyList<int>> pieces, SceneRandom random)
    {
        var (scene, told) = (looks.Own.Scene, looks.OtherBoth.Scene);
        Background[] possible = [.. Enum.GetValues<Background>().Where(ground => ground != scene.Background && told.Objects.All(item => Palette.IsVisible(item.Colour, ground)))];
        if (!looks.Own.SaysBackground || possible.Length == 0) return null;
        var (ground, share) = (random.Pick(possible), random.NextDouble());
        var other = write(told with { Background = ground });
        var paint = ColourBlend.Mean(Palette.Of(scene.Background), Palette.Of(ground), share);
        return StandsAlike(looks, other, pieces) && scene.Objects.All(item => Palette.IsVisible(Palette.Of(item.Colour), paint)) ? new GroundBlend(other, share, paint) : null;
    }

    private static bool StandsAlike(OtherLooks looks, Caption other, Func<string, IReadOnlyList<int>> pieces)
    {
        var (own, both, to) = (pieces(looks.Own.Text), pieces(looks.OtherBoth.Text), pieces(other.Text));
        return to.Count == both.Count && Enumerable.Range(0, to.Count).All(place => to[place] == both[place] || own[place] == both[place]);
    }
}
