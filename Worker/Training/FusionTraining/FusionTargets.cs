using System.Collections.Immutable;
using RenderFarm.Diffusion.Text;
using RenderFarm.Training.Scenes;

namespace RenderFarm.Training.FusionTraining;

/// <summary>The words that a fusion is to write of wanted scenes, sorted into its slots.</summary>
internal static class FusionTargets
{
    /// <summary>Words that a scene can have.</summary>
    public const int PerScene = CanonicalCaption.Slots * CanonicalCaption.LongestPart;

    /// <summary>Two shapes and two colours of every world: where captions that differ by them differ, there stands the word of the shape or colour. Each is one piece of a vocabulary.</summary>
    private static readonly (Shape Shape, Colour Colour)[] StandIns = [(Shape.Star, Colour.Red), (Shape.Heart, Colour.Blue)];

    /// <summary>The ids of each scene's words, <see cref="PerScene"/> a scene: none is <see cref="T5Tokenizer.PaddingId"/>; <see cref="TrainingLabels.Ignored"/> a shape or colour for which the vocabulary has no word, and all that is said of a strange background.</summary>
    public static long[] Of(IReadOnlyList<Scene> scenes, T5Tokenizer tokenizer)
    {
        var ids = new long[scenes.Count * PerScene];
        Array.Fill(ids, T5Tokenizer.PaddingId);
        foreach (var (row, scene) in scenes.Index())
        {
            var (one, other) = (PartsOf(scene, StandIns[0], tokenizer), PartsOf(scene, StandIns[1], tokenizer));
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

    /// <summary>Whether a vocabulary has a word for a colour.</summary>
    public static bool Knows(T5Tokenizer tokenizer, Colour colour) => Knows(tokenizer, Words.Of(colour)[0]);

    /// <summary>Whether a vocabulary has a word for a shape.</summary>
    public static bool Knows(T5Tokenizer tokenizer, Shape shape) => Knows(tokenizer, Words.Of(shape)[0]);

    /// <summary>The words of colours that a vocabulary has, each one piece.</summary>
    public static IReadOnlyList<string> ColourWords(T5Tokenizer tokenizer) => Known(tokenizer, Enum.GetValues<Colour>().SelectMany(Words.Of));

    /// <summary>The words of shapes that a vocabulary has, each one piece.</summary>
    public static IReadOnlyList<string> ShapeWords(T5Tokenizer tokenizer) => Known(tokenizer, Enum.GetValues<Shape>().SelectMany(Words.Of));

    private static IReadOnlyList<string> Known(T5Tokenizer tokenizer, IEnumerable<string> words) => [.. words.Distinct().Where(word => Knows(tokenizer, word))];

    private static bool Knows(T5Tokenizer tokenizer, string word) => tokenizer.Pieces(word) is [var piece] && tokenizer.Text([piece]).Trim() == word;

    private static ImmutableArray<(int Slot, string Text)> PartsOf(Scene scene, (Shape Shape, Colour Colour) standIn, T5Tokenizer tokenizer) => CanonicalCaption.Of(scene with
    {
        Objects =
        [
            .. scene.Objects.Select(item => item with
            {
                Shape = Knows(tokenizer, item.Shape) ? item.Shape : standIn.Shape,
                Colour = Knows(tokenizer, item.Colour) ? item.Colour : standIn.Colour,
            }),
        ],
    }).Parts;
}
