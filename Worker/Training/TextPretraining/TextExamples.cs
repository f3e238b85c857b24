using RenderFarm.Diffusion.Text;
using RenderFarm.Training.Scenes;
using RenderFarm.Training.Scenes.Captions;

namespace RenderFarm.Training.TextPretraining;

/// <summary>
/// Captions in couples: one of the first half is told again in the second half, word for word, of objects with other shapes, other colours, or both. Where no other looks are found, or words do not
/// stand at the same places in all four tellings (<see cref="OtherLooks.StandAlike"/>), the second is another caption.
/// </summary>
/// <param name="Captions">2 N captions.</param>
/// <param name="Alike">For each of N couples, whether the second is the first one told again.</param>
internal sealed record TextExamples(Caption[] Captions, bool[] Alike)
{
    /// <summary>Draws couples.</summary>
    /// <param name="recipe">What captions leave out, and how many are hard.</param>
    /// <param name="scenes">What they tell of.</param>
    /// <param name="tokenizer">Where words stand.</param>
    /// <param name="count">N.</param>
    /// <param name="random">Where all choices come from.</param>
    public static TextExamples Draw(TextRecipe recipe, SceneSampler scenes, T5Tokenizer tokenizer, int count, SceneRandom random)
    {
        var captions = new Caption[2 * count];
        var alike = new bool[count];
        for (var i = 0; i < count; i++)
        {
            (captions[i], var looks) = Tell(recipe, scenes, random);
            alike[i] = looks?.StandAlike(tokenizer.Pieces) == true;
            captions[count + i] = alike[i] ? random.Pick([looks!.OtherShapes, looks.OtherColours, looks.OtherBoth]) : Another();
        }
        return new TextExamples(captions, alike);

        Caption Another()
        {
            var (scene, placeFirst) = scenes.DrawToTell(random, recipe.HardCaptions);
            return CaptionWriter.Write(scene, random, recipe.LeaveOut, placeFirst);
        }
    }

    /// <summary>The next caption of a stream, and how it would be with other looks, where some were found.</summary>
    public static (Caption Caption, OtherLooks? Looks) Tell(TextRecipe recipe, SceneSampler scenes, SceneRandom random)
    {
        var (scene, placeFirst) = scenes.DrawToTell(random, recipe.HardCaptions);
        var words = random.NextBits();
        Caption Write(Scene told) => CaptionWriter.Write(told, random.Split(words), recipe.LeaveOut, placeFirst);
        return (Write(scene), OtherLooks.Of(scene, recipe.World, Write, random));
    }
}
