using RenderFarm.Diffusion.Layers;
using RenderFarm.Diffusion.Text;
using RenderFarm.Training.FusionTraining;
using RenderFarm.Training.Scenes;
using RenderFarm.Training.Scenes.Edits;
using RenderFarm.Training.Vocabulary;
using TorchSharp;
using Xunit;
using static TorchSharp.torch;

namespace RenderFarm.Training.Tests.FusionTraining;

public sealed class InstructionEmbeddingTests
{
    private static readonly Scene Scene = new(Background.Gray, [new SceneObject(Shape.Star, Colour.Red, ObjectSize.Large, Place.TopLeft)]);

    [Fact]
    public void Embed_StrangeWords_AreOthersAndAllOtherWordsStay()
    {
        using var scope = NewDisposeScope();
        var tokenizer = BundledVocabulary.Load();
        using var text = new T5Encoder(new T5Config { VocabSize = tokenizer.VocabularySize, DModel = 16, DKv = 8, DFf = 16, NumHeads = 2, NumLayers = 1 }, Placement.Cpu);
        using (no_grad()) text.parameters().First().normal_();
        Edit[] edits = [Told("make the star blue", "blue"), Told("turn the star into a heart", "heart"), Told("make the star blue", null), Told("make the star sepia", "sepia")];
        var (ids, _) = tokenizer.Encode([.. edits.Select(edit => edit.Instruction)], 24, CPU);

        var embedded = new InstructionEmbedding(text, tokenizer, new KnownLooks(tokenizer)).Embed(edits, ids, new SceneRandom(3));

        var changed = embedded.ne(text.Embed(ids)).any(-1); // [B, L]
        var words = Enumerable.Range(0, edits.Length).Select(row => tokenizer.Text([.. ids[row].masked_select(changed[row]).data<long>().Select(id => (int)id)]).Trim());
        Assert.Equal(["blue", "heart", "", ""], words); // of what the vocabulary does not know nothing is to be hidden
    }

    private static Edit Told(string instruction, string? strange) => new(EditKind.Colour, instruction, Scene, Scene) { StrangeWord = strange };
}
