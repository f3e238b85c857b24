using System.Collections.Immutable;
using RenderFarm.Diffusion.Text;
using RenderFarm.Training.Scenes;
using RenderFarm.Training.Scenes.Captions;
using RenderFarm.Training.Vocabulary;

namespace RenderFarm.Training.FusionTraining;

/// <summary>The words that a fusion is to write of wanted scenes, sorted into its slots.</summary>
/// <param name="tokenizer">Whose words.</param>
/// <param name="known">What its vocabulary has words for.</param>
internal sealed class FusionTargets(T5Tokenizer tokenizer, KnownLooks known)
{
    /// <summary>Words that a scene can have.</summary>
    public const int PerScene = CanonicalCaption.Slots * CanonicalCaption.LongestPart;

    /// <summary>Two shapes and two colours of every world: where captions that differ by them differ, there stands the word of the shape or colour. Each is one piece of a vocabulary.</summary>
    private static readonly (Shape Shape, Colour Colour)[] StandIns = [(Shape.Star, Colour.Red), (Shape.Heart, Colour.Blue)];

    /// <summary>The ids of each scene's words, <see cref="PerScene"/> a scene: none is <see cref="T5Tokenizer.PaddingId"/>; <see cref="TrainingLabels.Ignored"/> a shape or colour for which the vocabulary has no word, and all that is said of a strange background.</summary>
    public long[] Of(IReadOnlyList<Scene> scenes)
    {
        var ids = new long[scenes.Count * PerScene];
        Array.Fill(ids, T5Tokenizer.PaddingId);
        foreach (var (row, scene) in scenes.Index())
        {
            var (one, other) = (PartsOf(scene, StandIns[0]), PartsOf(scene, StandIns[1]));
            foreach (var ((slot, text), (_, otherText)) in one.Zip(other))
            {
                if (slot == CanonicalCaption.GroundSlot && scene.StrangeGround is not null)
                {
                    Array.Fill(ids, TrainingLabels.Ignored, row * PerScene + slot * CanonicalCaption.LongestPart, CanonicalCaption.LongestPart);
                    continue;
                }
                var (pieces, otherPieces) = (tokenizer.Pieces(text), tokenizer.Pieces(otherText));
                if (pieces.Count > CanonicalCaption.LongestPart || pieces.Count != otherPieces.Count)
                    throw new TrainingException($"The vocabulary cuts '{text}' into {pieces.Count} pieces; a slot holds {CanonicalCaption.LongestPart}. Train a vocabulary of these captions' words first.");
                for (var piece = 0; piece < pieces.Count; piece++)
                    ids[row * PerScene + slot * CanonicalCaption.LongestPart + piece] = pieces[piece] == otherPieces[piece] ? pieces[piece] : TrainingLabels.Ignored;
            }
        }
        return ids;
    }

    private ImmutableArray<(int Slot, string Text)> PartsOf(Scene scene, (Shape Shape, Colour Colour) standIn) => CanonicalCaption.Of(scene with
    {
        Objects =
        [
            .. scene.Objects.Select(item => item with
            {
                Shape = known.Knows(item.Shape) ? item.Shape : standIn.Shape,
                Colour = known.Knows(item.Colour) ? item.Colour : standIn.Colour,
            }),
        ],
    }).Parts;
}
