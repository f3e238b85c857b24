using RenderFarm.Diffusion.Text;
using RenderFarm.Diffusion.Vision;
using RenderFarm.Training.ImagePretraining;
using RenderFarm.Training.Scenes;
using RenderFarm.Training.Scenes.Edits;
using RenderFarm.Training.Vocabulary;
using TorchSharp;
using static TorchSharp.torch;

namespace RenderFarm.Training.FusionTraining;

/// <summary>What a fusion attends to, by the frozen encoders: an instruction's states, with those of words that are strange on purpose, and the reference picture's.</summary>
/// <param name="text">Reads instructions.</param>
/// <param name="tokenizer">The encoder's own.</param>
/// <param name="known">What its vocabulary has words for.</param>
/// <param name="image">Sees pictures.</param>
/// <param name="side">Their height and width in pixels.</param>
internal sealed class FusionInputs(T5Encoder text, T5Tokenizer tokenizer, KnownLooks known, ClipVisionEncoder image, int side) : IDisposable
{
    private readonly InstructionEmbedding _instructions = new(text, tokenizer, known);
    private readonly ScenePictures _pictures = new(side, colour => !known.Knows(colour), shape => !known.Knows(shape));

    /// <param name="edits">B of them; what is seen is the scene before, painted with any values for colours without words and any outlines for shapes without.</param>
    /// <param name="random">Where strange words, paints and outlines come from.</param>
    /// <returns>Words, [B, L, D] in float32 for instructions of up to L - 1 tokens; their mask, [B, L]; and the picture's states, [B, patches + 1, D'].</returns>
    public (Tensor Words, Tensor Mask, Tensor Seen) Of(IReadOnlyList<Edit> edits, SceneRandom random)
    {
        using var guard = no_grad();
        using var scope = NewDisposeScope();
        string[] instructions = [.. edits.Select(edit => edit.Instruction)];
        var (ids, mask) = tokenizer.Encode(instructions, instructions.Max(instruction => tokenizer.Pieces(instruction).Count) + 1, text.parameters().First().device);
        var words = text.Encode(_instructions.Embed(edits, ids, random.Split(0)), mask).to(ScalarType.Float32);
        var seen = image.NormalizedStates(_pictures.Paint([.. edits.Select(edit => edit.Before)], [.. edits.Select(edit => edit.After)], random).to(words.device));
        return (words.MoveToOuterDisposeScope(), mask.MoveToOuterDisposeScope(), seen.MoveToOuterDisposeScope());
    }

    public void Dispose() => _pictures.Dispose();
}
