using RenderFarm.Diffusion.Layers;
using RenderFarm.Diffusion.Text;
using RenderFarm.Diffusion.Vision;
using RenderFarm.Testing;
using RenderFarm.Training.FusionTraining;
using RenderFarm.Training.ModelFolders;
using RenderFarm.Training.Scenes;
using RenderFarm.Training.Scenes.Edits;
using TorchSharp;
using Xunit;
using static TorchSharp.torch;

namespace RenderFarm.Training.Tests.FusionTraining;

/// <summary>With the bundled encoders.</summary>
public sealed class FusionInputsTests : IDisposable
{
    private const int Side = 64;

    private static readonly Placement Float = new(CPU, ScalarType.Float32);
    private static readonly ModelFolder Model = new(Path.Combine(Repository.Root, "Worker", "Models", "shapes"));

    private readonly T5Tokenizer _tokenizer = BundledVocabulary.Load();
    private readonly T5Encoder _text = Model.TextEncoder(Float);
    private readonly ClipVisionEncoder _image = Model.ImageEncoder(Float);
    private readonly DisposeScope _scope = NewDisposeScope();

    [Fact]
    public void Of_StrangeWord_IsReadAsAnotherOneEachTime()
    {
        using var inputs = new FusionInputs(_text, _tokenizer, _image, Side);
        var edit = Edit(Colour.Red, Colour.Blue, strange: null);
        var length = _tokenizer.Pieces(edit.Instruction).Count + 1; // and the end
        var (ids, ones) = _tokenizer.Encode([edit.Instruction], length, CPU);
        var known = _text.Encode(_text.Embed(ids), ones);

        var (words, mask, _) = inputs.Of([edit, edit with { StrangeWord = "blue" }, edit with { StrangeWord = "blue" }], new SceneRandom(3));

        Assert.True(words[0].allclose(known[0], rtol: 1e-4, atol: 1e-4));
        Assert.False(words[1].allclose(known[0], rtol: 0.1, atol: 0.1));
        Assert.False(words[1].allclose(words[2], rtol: 0.1, atol: 0.1));
        Assert.Equal(length, mask[1].sum().item<long>());
    }

    [Fact]
    public void Of_ColourWithoutAWord_IsSeenInAnyValueAndOneWithAWordAlikeEachTime()
    {
        const int Count = 16;
        using var inputs = new FusionInputs(_text, _tokenizer, _image, Side);
        var (known, other) = (Edit(Colour.Red, Colour.Blue, strange: null), Edit(Colour.Teal, Colour.Blue, strange: null));

        var seen = inputs.Of([.. Enumerable.Repeat(known, Count), .. Enumerable.Repeat(other, Count)], new SceneRandom(3)).Seen;

        Assert.Equal([2 * Count, (Side / 8 * Side / 8) + 1, 128], seen.shape);
        Assert.True(Spread(seen.narrow(0, Count, Count)) > 1.4 * Spread(seen.narrow(0, 0, Count))); // shifted, softened or noisy are both
    }

    public void Dispose()
    {
        _scope.Dispose();
        _text.Dispose();
        _image.Dispose();
    }

    private static Edit Edit(Colour before, Colour after, string? strange)
    {
        Scene Of(Colour colour) => new(Background.Gray, [new SceneObject(Shape.Star, colour, ObjectSize.Large, Place.Centre)]);
        return new Edit(EditKind.Colour, "make the star blue", Of(before), Of(after)) { StrangeWord = strange };
    }

    private static double Spread(Tensor states) => states.std(0).mean().item<float>();
}
