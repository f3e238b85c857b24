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
internal sealed class FusionInputs(T5Encoder text, T5Tokenizer tokenizer, ClipVisionEncoder image, int side) : IDisposable
{
    private readonly InstructionEmbedding _instructions = new(text, tokenizer);
    private readonly ScenePictures _pictures = Pictures(side, new KnownLooks(tokenizer));

    /// <param name="edits">B of them; what is seen is the scene before, painted with any values for colours without words and any outlines for shapes without.</param>
    /// <param name="random">Where strange words, paints and outlines come from.</param>
    /// <returns>Words, [B, L, D] in float32 for instructions of up to L - 1 tokens; their mask, [B, L]; and the picture's states, [B, patches + 1, D'].</returns>
    public (Tensor Words, Tensor Mask, Tensor Seen) Of(IReadOnlyList<Edit> edits, SceneRandom random)
    {
        using var guard = no_grad();
        var length = edits.Max(edit => tokenizer.Pieces(edit.Instruction).Count) + 1;
        var (ids, mask) = tokenizer.Encode([.. edits.Select(edit => edit.Instruction)], length, text.parameters().First().device);
        var words = text.Encode(_instructions.Embed(edits, ids, random.Split(0)), mask).to(ScalarType.Float32);
        return (words, mask, image.NormalizedStates(_pictures.Paint([.. edits.Select(edit => edit.Before)], [.. edits.Select(edit => edit.After)], random).to(words.device)));
    }

    public void Dispose() => _pictures.Dispose();

    private static ScenePictures Pictures(int side, KnownLooks known) => new(side, colour => !known.Knows(colour), shape => !known.Knows(shape));
}
