using RenderFarm.Diffusion.Text;
using RenderFarm.Training.FusionTraining;
using RenderFarm.Training.Scenes;
using RenderFarm.Training.Scenes.Captions;
using RenderFarm.Training.Vocabulary;
using Xunit;

namespace RenderFarm.Training.Tests.FusionTraining;

public sealed class FusionTargetsTests
{
    private readonly T5Tokenizer _tokenizer = BundledVocabulary.Load();
    private readonly FusionTargets _targets;

    public FusionTargetsTests() => _targets = new FusionTargets(_tokenizer, new KnownLooks(_tokenizer));

    [Fact]
    public void Of_AnyScenes_AreTheirCanonicalCaptionsInOrder()
    {
        var (sampler, random) = (new SceneSampler(world: World.Wide), new SceneRandom(5));
        Scene[] scenes = [.. Enumerable.Range(0, 100).Select(_ => sampler.Draw(random))];

        var ids = _targets.Of(scenes);

        foreach (var (row, scene) in scenes.Index())
        {
            var words = ids.AsSpan(row * FusionTargets.PerScene, FusionTargets.PerScene).ToArray().Where(id => id != T5Tokenizer.PaddingId).Select(id => (int)id).ToArray();
            Assert.Equal(CanonicalCaption.Of(scene).Text, _tokenizer.Text(words));
        }
    }

    [Fact]
    public void Of_StrangeBackground_LeavesAllThatIsSaidOfItOpen()
    {
        var scene = new Scene(Background.LightBlue, [new SceneObject(Shape.Star, Colour.Red, ObjectSize.Large, Place.TopLeft)]);

        var (plain, strange) = (_targets.Of([scene]), _targets.Of([scene with { StrangeGround = (1, 2, 3) }]));

        var ground = CanonicalCaption.GroundSlot * CanonicalCaption.LongestPart;
        Assert.Equal(plain[..ground], strange[..ground]);
        Assert.All(strange[ground..], id => Assert.Equal(TrainingLabels.Ignored, id));
    }

    [Fact]
    public void Of_StrangeShapeOrColour_LeavesThatWordOpen()
    {
        var scene = new Scene(Background.Gray,
        [
            new SceneObject(Shape.Star, Colour.Teal, ObjectSize.Large, Place.TopLeft),
            new SceneObject(Shape.Diamond, Colour.Red, ObjectSize.Small, Place.BottomRight),
        ]);

        var words = _targets.Of([scene]).Where(id => id != T5Tokenizer.PaddingId).Select(id => id == TrainingLabels.Ignored ? "?" : _tokenizer.Text([(int)id]).Trim());

        Assert.Equal("a big ? star in the top left and a small red ? in the bottom right on a gray background", string.Join(' ', words));
    }
}
