using RenderFarm.Training.Scenes;
using RenderFarm.Training.Scenes.Captions;

namespace RenderFarm.Training.DiffusionTraining;

/// <summary>
/// A background between two, with the states of all words that are no object's colour or shape between those of the two captions (mixup, Zhang et al. 2018). What is learned of an outline is how the
/// object's colour differs from the background's; between the known backgrounds there are more such differences than on them, some of which else come with held-out pairs alone. Backgrounds are blended
/// whose words are equally many: light blue with navy alone.
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
    /// <returns>Null where the caption has no word of a background, where no other one's words stand where its do, or an object would be hard to see on it.</returns>
    public static GroundBlend? Of(OtherLooks looks, Func<Scene, Caption> write, Func<string, IReadOnlyList<int>> pieces, SceneRandom random)
    {
        if (!looks.Own.SaysBackground) return null;
        var (scene, told) = (looks.Own.Scene, looks.OtherBoth.Scene);
        Caption[] possible =
        [
            .. Enum.GetValues<Background>().Where(ground => ground != scene.Background && told.Objects.All(item => Palette.IsVisible(item.Colour, ground)))
                .Select(ground => write(told with { Background = ground })).Where(other => StandsAlike(looks, other, pieces)),
        ];
        if (possible.Length == 0) return null;
        var (other, share) = (random.Pick(possible), random.NextDouble());
        var paint = Palette.Between(Palette.Of(scene.Background), Palette.Of(other.Scene.Background), share);
        return scene.Objects.All(item => Palette.IsVisible(Palette.Of(item.Colour), paint)) ? new GroundBlend(other, share, paint) : null;
    }

    private static bool StandsAlike(OtherLooks looks, Caption other, Func<string, IReadOnlyList<int>> pieces)
    {
        var (own, both, to) = (pieces(looks.Own.Text), pieces(looks.OtherBoth.Text), pieces(other.Text));
        return to.Count == both.Count && Enumerable.Range(0, to.Count).All(place => to[place] == both[place] || own[place] == both[place]);
    }
}
