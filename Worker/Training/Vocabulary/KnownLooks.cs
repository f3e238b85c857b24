using RenderFarm.Diffusion.Text;
using RenderFarm.Training.Scenes;
using RenderFarm.Training.Scenes.Captions;

namespace RenderFarm.Training.Vocabulary;

/// <summary>The colours and shapes for which a vocabulary has words.</summary>
internal sealed class KnownLooks(T5Tokenizer tokenizer)
{
    /// <summary>The words of colours that the vocabulary has, each one piece.</summary>
    public IReadOnlyList<string> ColourWords { get; } = Known(tokenizer, Enum.GetValues<Colour>().SelectMany(Words.Of));

    /// <summary>The words of shapes that the vocabulary has, each one piece.</summary>
    public IReadOnlyList<string> ShapeWords { get; } = Known(tokenizer, Enum.GetValues<Shape>().SelectMany(Words.Of));

    /// <summary>Whether the vocabulary has a colour's first word.</summary>
    public bool Knows(Colour colour) => ColourWords.Contains(Words.Of(colour)[0]);

    /// <summary>Whether the vocabulary has a shape's first word.</summary>
    public bool Knows(Shape shape) => ShapeWords.Contains(Words.Of(shape)[0]);

    private static IReadOnlyList<string> Known(T5Tokenizer tokenizer, IEnumerable<string> words) => [.. words.Distinct().Where(word => tokenizer.Pieces(word) is [var piece] && tokenizer.Text([piece]).Trim() == word)];
}
