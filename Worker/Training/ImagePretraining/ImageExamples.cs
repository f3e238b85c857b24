using RenderFarm.Training.Scenes;
using RenderFarm.Training.Scenes.Captions;
using RenderFarm.Training.Scenes.DomainRandomisation;
using RenderFarm.Training.TextPretraining;
using static TorchSharp.torch;

namespace RenderFarm.Training.ImagePretraining;

/// <summary>
/// Draws what an image encoder learns from: pictures, and the right answers to the questions about them. The rich world's own colours are any values and its shapes any outlines, of which
/// neither is asked for (<see cref="StrangePaints"/>, <see cref="StrangeOutlines"/>). Not thread-safe.
/// </summary>
/// <param name="world">The world that pictures show.</param>
/// <param name="split">Of which pairs. Backgrounds of seen ones are disguised by <see cref="StrangeGrounds"/> besides, for training.</param>
/// <param name="side">Height and width in pixels.</param>
internal sealed class ImageExamples(World world, SceneSplit split, int side) : IDisposable
{
    private readonly SceneSampler _scenes = new(split, world: world);
    private readonly ScenePictures _pictures = new(side, colour => !World.Wide.Has(colour), shape => !World.Wide.Has(shape));

    /// <summary>Examples that depend on nothing but the stream.</summary>
    /// <returns>Pixels [B, 3, side, side] in float32 and answers [B, Q], on the CPU.</returns>
    public (Tensor Pixels, Tensor Answers) Make(SceneRandom random, int count)
    {
        var drawn = Enumerable.Range(0, count).Select(_ => split == SceneSplit.Seen ? StrangeGrounds.Disguise(_scenes.Draw(random), random) : _scenes.Draw(random)).ToArray();
        var answers = drawn.SelectMany(scene => Questions.Answers(TrainingLabels.For(scene).OfNamedLooks())).ToArray();
        return (_pictures.Paint(drawn, drawn, random), tensor(answers, [count, Questions.Count]));
    }

    public void Dispose() => _pictures.Dispose();
}
