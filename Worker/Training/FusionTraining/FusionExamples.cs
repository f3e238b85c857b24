using RenderFarm.Training.Scenes;
using RenderFarm.Training.Scenes.DomainRandomisation;
using RenderFarm.Training.Scenes.Edits;
using RenderFarm.Training.Vocabulary;

namespace RenderFarm.Training.FusionTraining;

/// <summary>Draws what a fusion learns from: scenes with an instruction, or with none.</summary>
/// <param name="recipe">Which.</param>
/// <param name="split">Of seen pairs objects are disguised by <see cref="StrangeLooks"/>, backgrounds by <see cref="StrangeGrounds"/> and words by <see cref="StrangeInstructions"/> besides, for training; unseen ones are examined as they are.</param>
/// <param name="known">What there are words for.</param>
internal sealed class FusionExamples(FusionRecipe recipe, SceneSplit split, KnownLooks known)
{
    private readonly SceneSampler _scenes = new(split, world: recipe.World);
    private readonly EditWriter _edits = new(split, recipe.World);
    private readonly StrangeInstructions _strange = new(known);

    /// <summary>Examples that depend on nothing but the stream.</summary>
    public IReadOnlyList<Edit> Make(SceneRandom random, int count) => [.. Enumerable.Range(0, count).Select(_ => One(random))];

    /// <summary>The words of instructions, sorted: those of so many examples.</summary>
    public IReadOnlyList<string> WordsOf(SceneRandom random, int count) =>
        [.. Make(random, count).SelectMany(edit => edit.Instruction.Split([' ', ',', '-'], StringSplitOptions.RemoveEmptyEntries)).Distinct().Order(StringComparer.Ordinal)];

    private Edit One(SceneRandom random)
    {
        var scene = _scenes.Draw(random);
        var edit = random.Chance(recipe.PictureAlone) ? EditWriter.Keep(scene) : Told(scene, random);
        return split == SceneSplit.Seen ? StrangeGrounds.Disguise(StrangeLooks.Disguise(_strange.Disguise(edit, random), random), random) : edit;
    }

    private Edit Told(Scene scene, SceneRandom random)
    {
        var removal = random.Chance(recipe.Removals) ? _edits.Write(EditKind.Remove, scene, random) : null;
        return removal ?? _edits.Write(scene, random) ?? EditWriter.Keep(scene);
    }
}
