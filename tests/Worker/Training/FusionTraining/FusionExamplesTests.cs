using RenderFarm.Training.FusionTraining;
using RenderFarm.Training.Scenes;
using RenderFarm.Training.Scenes.Captions;
using RenderFarm.Training.Scenes.Edits;
using RenderFarm.Training.Vocabulary;
using Xunit;

namespace RenderFarm.Training.Tests.FusionTraining;

public sealed class FusionExamplesTests
{
    [Fact]
    public void Make_RemovalsWhereverPossible_TakeAnObjectFromEverySceneThatAllowsIt()
    {
        var edits = Made(new FusionRecipe { PictureAlone = 0, Removals = 1 });
        var allow = edits.Where(edit => edit.Before.Objects.Length > 1 && edit.Before.Objects.GroupBy(item => item.Shape).Any(same => same.Count() == 1)).ToList();
        Assert.InRange(allow.Count, 200, 499);
        Assert.All(allow, edit => Assert.Equal((EditKind.Remove, edit.Before.Objects.Length - 1), (edit.Kind, edit.After.Objects.Length)));
        Assert.DoesNotContain(edits.Except(allow), edit => edit.Kind is EditKind.Remove or EditKind.None);
    }

    [Fact]
    public void Make_NoShareOfRemovals_DrawsEveryKindAlikeWithRemovalsAmongThem()
    {
        var kinds = Made(new FusionRecipe { PictureAlone = 0, Removals = 0 }).CountBy(edit => edit.Kind).ToDictionary();
        Assert.InRange(kinds[EditKind.Remove], 25, 100);
        Assert.All(EditWriter.Kinds, kind => Assert.InRange(kinds.GetValueOrDefault(kind), 25, 150));
    }

    [Fact]
    public void Make_PictureAlone_ChangesNothingAndSaysNothing() => Assert.All(
        Made(new FusionRecipe { PictureAlone = 1, Removals = 1 }), edit => Assert.Equal((EditKind.None, "", edit.Before), (edit.Kind, edit.Instruction, edit.After)));

    [Fact]
    public void Make_OfEitherSplit_DisguisesLooksWordsAndBackgroundsForTrainingAlone()
    {
        var recipe = new FusionRecipe { PictureAlone = 0, World = World.Wide };
        Assert.Equal((true, true, true), Strange(Made(recipe, SceneSplit.Seen)));
        Assert.Equal((false, false, false), Strange(Made(recipe)));

        static (bool Looks, bool Words, bool Grounds) Strange(IReadOnlyList<Edit> edits) => (
            edits.Any(edit => edit.Before.Objects.Any(item => !World.Wide.Has(item.Shape))) && edits.Any(edit => edit.Before.Objects.Any(item => !World.Wide.Has(item.Colour))),
            edits.Any(edit => edit.StrangeWord is not null), edits.Any(edit => edit.Before.StrangeGround is not null));
    }

    private static IReadOnlyList<Edit> Made(FusionRecipe recipe, SceneSplit split = SceneSplit.Unseen) => new FusionExamples(recipe, split, new KnownLooks(BundledVocabulary.Load())).Make(new SceneRandom(6), 500);
}
