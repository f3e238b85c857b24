using RenderFarm.Diffusion.Layers;
using RenderFarm.Diffusion.Text;
using RenderFarm.Diffusion.Vision;
using RenderFarm.Testing;
using RenderFarm.Training.FusionTraining;
using RenderFarm.Training.ModelFolders;
using RenderFarm.Training.Scenes;
using RenderFarm.Training.Scenes.Edits;
using RenderFarm.Training.Vocabulary;
using TorchSharp;
using Xunit;
using static TorchSharp.torch;

namespace RenderFarm.Training.Tests.FusionTraining;

/// <summary>With the bundled encoders.</summary>
public sealed class FusionInputsTests : IDisposable
{
    private const int Side = 64;
    private const int Count = 16;

    private static readonly Placement Float = new(CPU, ScalarType.Float32);
    private static readonly Look Red = new(Shape.Star, Colour.Red);
    private static readonly Look Blue = new(Shape.Star, Colour.Blue);
    private static readonly ModelFolder Model = new(Path.Combine(Repository.Root, "Worker", "Models", "shapes"));

    private readonly T5Tokenizer _tokenizer = BundledVocabulary.Load();
    private readonly T5Encoder _text = Model.TextEncoder(Float);
    private readonly ClipVisionEncoder _image = Model.ImageEncoder(Float);
    private readonly DisposeScope _scope = NewDisposeScope();

    [Fact]
    public void Of_StrangeWord_IsReadAsAnotherOneEachTime()
    {
        using var inputs = Inputs();
        var edit = Edit(Red, Blue, "make the star blue");
        var longer = Edit(Red, Blue, "make the star blue and large");
        int[] lengths = [_tokenizer.Pieces(edit.Instruction).Count + 1, _tokenizer.Pieces(longer.Instruction).Count + 1]; // each with its end
        var (ids, ones) = _tokenizer.Encode([edit.Instruction], lengths[1], CPU);
        var known = _text.Encode(_text.Embed(ids), ones);

        var (words, mask, _) = inputs.Of([edit, edit with { StrangeWord = "blue" }, edit with { StrangeWord = "blue" }, longer], new SceneRandom(3));

        Assert.True(words[0].allclose(known[0], rtol: 1e-4, atol: 1e-4));
        Assert.False(words[1].allclose(known[0], rtol: 0.1, atol: 0.1));
        Assert.False(words[1].allclose(words[2], rtol: 0.1, atol: 0.1));
        Assert.Equal([lengths[0], lengths[0], lengths[0], lengths[1]], mask.sum(1).data<long>().Select(count => (int)count));
    }

    /// <summary>Shifted, softened or noisy are all pictures.</summary>
    [Theory]
    [InlineData(nameof(Colour.Teal), nameof(Shape.Star))]
    [InlineData(nameof(Colour.Red), nameof(Shape.Diamond))]
    public void Of_LookWithoutAWord_IsSeenUnlikeEachTime(string colour, string shape)
    {
        using var inputs = Inputs();
        var (known, strange) = (new Look(Shape.Star, Colour.Red), new Look(Enum.Parse<Shape>(shape), Enum.Parse<Colour>(colour)));

        var seen = inputs.Of([.. Enumerable.Repeat(Edit(known, known, ""), Count), .. Enumerable.Repeat(Edit(strange, strange, ""), Count)], new SceneRandom(3)).Seen;

        Assert.Equal([2 * Count, (Side / 8 * Side / 8) + 1, 128], seen.shape);
        Assert.True(Spread(seen.narrow(0, Count, Count)) > 1.4 * Spread(seen.narrow(0, 0, Count)));
    }

    /// <summary>A colour in which the shape that is wanted must not be shown is not shown before, either.</summary>
    [Fact]
    public void Of_EditOfAStrangeObject_SeesTheSceneBeforeAndMindsTheOneWanted()
    {
        using var inputs = Inputs();
        var (before, after) = (new Look(Shape.Star, Colour.Teal), new Look(Shape.Heart, Colour.Teal));

        Tensor Seen(Look from, Look to) => inputs.Of([.. Enumerable.Repeat(Edit(from, to, "turn the star into a heart"), Count)], new SceneRandom(3)).Seen;

        Assert.False(Seen(before, after).allclose(Seen(before, before), rtol: 0.01, atol: 0.01)); // other values where the first drawn are a heart's held-out ones
        Assert.False(Seen(before, after).allclose(Seen(after, after), rtol: 0.01, atol: 0.01));
    }

    [Fact]
    public void Of_AnyEdits_LeavesNoOtherTensors()
    {
        using var inputs = Inputs();
        var edit = Edit(Red, Blue, "make the star blue");
        inputs.Of([edit], new SceneRandom(3));
        var before = DisposeScopeManager.Statistics.ThreadTotalLiveCount;

        inputs.Of([edit], new SceneRandom(4));

        Assert.Equal(3, DisposeScopeManager.Statistics.ThreadTotalLiveCount - before);
    }

    public void Dispose()
    {
        _scope.Dispose();
        _text.Dispose();
        _image.Dispose();
    }

    private FusionInputs Inputs() => new(_text, _tokenizer, new KnownLooks(_tokenizer), _image, Side);

    private static Edit Edit(Look before, Look after, string instruction)
    {
        Scene Of(Look look) => new(Background.Gray, [new SceneObject(look.Shape, look.Colour, ObjectSize.Large, Place.Centre)]);
        return new Edit(EditKind.Colour, instruction, Of(before), Of(after));
    }

    private static double Spread(Tensor states) => states.std(0).mean().item<float>();

    private sealed record Look(Shape Shape, Colour Colour);
}
