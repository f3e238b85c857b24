using RenderFarm.Diffusion.Text;
using RenderFarm.Training.Scenes;
using RenderFarm.Training.Scenes.Edits;
using RenderFarm.Training.TextPretraining;
using RenderFarm.Training.Vocabulary;
using TorchSharp;
using static TorchSharp.torch;

namespace RenderFarm.Training.FusionTraining;

/// <summary>What a text encoder reads of instructions: their words' embeddings, other ones in the place of strange words (<see cref="Edit.StrangeWord"/>).</summary>
/// <param name="text">Whose embeddings.</param>
/// <param name="tokenizer">The encoder's own.</param>
/// <param name="known">What its vocabulary has words for.</param>
internal sealed class InstructionEmbedding(T5Encoder text, T5Tokenizer tokenizer, KnownLooks known)
{
    // Ids by words: of colours, and of shapes.
    private readonly Dictionary<string, long>[] _known = [IdsOf(known.ColourWords, tokenizer), IdsOf(known.ShapeWords, tokenizer)];

    /// <param name="edits">B of them.</param>
    /// <param name="ids">Their instructions' tokens, [B, L].</param>
    /// <param name="random">Where strange words come from.</param>
    /// <returns>[B, L, D]</returns>
    public Tensor Embed(IReadOnlyList<Edit> edits, Tensor ids, SceneRandom random)
    {
        const long None = -1; // the id of no token
        using var scope = NewDisposeScope();
        using var generator = new Generator(random.NextBits());
        var embedded = text.Embed(ids);
        foreach (var known in _known)
        {
            var strange = edits.Select(edit => edit.StrangeWord is { } word ? known.GetValueOrDefault(word, None) : None).ToArray();
            embedded = StrangeWords.Put(embedded, text.Embed(tensor([.. known.Values], device: ids.device)), ids.eq(tensor(strange, [strange.Length, 1], device: ids.device)), generator);
        }
        return embedded.MoveToOuterDisposeScope();
    }

    private static Dictionary<string, long> IdsOf(IReadOnlyList<string> words, T5Tokenizer tokenizer) => words.ToDictionary(word => word, word => (long)tokenizer.Pieces(word)[0]);
}
