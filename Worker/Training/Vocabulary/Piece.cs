namespace RenderFarm.Training.Vocabulary;

/// <summary>One entry of a vocabulary; its id is its place.</summary>
/// <param name="Text">The text, with U+2581 for the space before a word.</param>
/// <param name="Score">Natural logarithm of its probability; a text is cut so that the sum is largest.</param>
/// <param name="Kind">Text or mark.</param>
internal sealed record Piece(string Text, float Score, PieceKind Kind = PieceKind.Normal);
