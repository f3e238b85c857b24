namespace RenderFarm.Training.Vocabulary;

/// <summary>
/// A vocabulary of whole words, counted in captions, in the form of a SentencePiece unigram model (Kudo 2018) with T5's marks: padding 0,
/// end 1, unknown 2. A caption's word is always one piece; a word never seen falls into parts and at last single characters.
/// </summary>
internal sealed class UnigramVocabulary
{
    /// <summary>What SentencePiece writes for a space.</summary>
    public const char Space = '\u2581';

    /// <summary>
    /// How far parts of words lie below the rarest word. Every way to cut a known word into several pieces uses at least one part, and
    /// scores are negative, so that the whole word wins whatever its count.
    /// </summary>
    private const double PartDistance = 10;

    /// <summary>How far single characters lie below the rarest word: below parts, so that a part wins over its characters.</summary>
    private const double CharacterDistance = 20;

    private UnigramVocabulary(IReadOnlyList<Piece> pieces) => Pieces = pieces;

    /// <summary>By id.</summary>
    public IReadOnlyList<Piece> Pieces { get; }

    /// <summary>Counts the captions' words. The same captions in any order give the same vocabulary.</summary>
    /// <param name="captions">Lower-cased here, as prompts are before they are encoded.</param>
    /// <exception cref="ArgumentException">There is no word.</exception>
    public static UnigramVocabulary Build(IEnumerable<string> captions)
    {
        var (words, parts) = (new Dictionary<string, long>(StringComparer.Ordinal), new Dictionary<string, long>(StringComparer.Ordinal));
        var characters = new SortedSet<string>(Printable(), StringComparer.Ordinal);
        foreach (var token in captions.SelectMany(caption => caption.ToLowerInvariant().Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries)))
        {
            foreach (var run in Runs(token))
            {
                if (!char.IsLetterOrDigit(token[run.Start])) characters.Add(token[run.Start..run.End]);
                else Count(run.Start == 0 ? words : parts, token[run.Start..run.End]);
            }
        }
        if (words.Count == 0) throw new ArgumentException("The captions contain no word; expected is at least one.", nameof(captions));
        return new UnigramVocabulary([.. Ranked(words, parts, characters)]);
    }

    /// <summary>Marks, words by falling count, parts by falling count, characters.</summary>
    private static IEnumerable<Piece> Ranked(Dictionary<string, long> words, Dictionary<string, long> parts, SortedSet<string> characters)
    {
        yield return new Piece("<pad>", 0, PieceKind.Control);
        yield return new Piece("</s>", 0, PieceKind.Control);
        yield return new Piece("<unk>", 0, PieceKind.Unknown);
        var total = (double)words.Values.Sum();
        var rarest = Math.Log(words.Values.Min() / total);
        foreach (var (word, count) in Ordered(words)) yield return new Piece(Space + word, (float)Math.Log(count / total));
        foreach (var (part, _) in Ordered(parts).Where(part => !characters.Contains(part.Key))) yield return new Piece(part, (float)(rarest - PartDistance));
        foreach (var character in characters) yield return new Piece(character, (float)(rarest - CharacterDistance));
    }

    private static IEnumerable<KeyValuePair<string, long>> Ordered(Dictionary<string, long> counts) =>
        counts.OrderByDescending(pair => pair.Value).ThenBy(pair => pair.Key, StringComparer.Ordinal);

    private static void Count(Dictionary<string, long> counts, string text) => counts[text] = counts.GetValueOrDefault(text) + 1;

    /// <summary>Runs of letters and digits, and every other character alone.</summary>
    private static IEnumerable<(int Start, int End)> Runs(string token)
    {
        for (var start = 0; start < token.Length;)
        {
            var end = start + (char.IsSurrogatePair(token, start) ? 2 : 1);
            while (char.IsLetterOrDigit(token[start]) && end < token.Length && char.IsLetterOrDigit(token[end])) end++;
            yield return (start, end);
            start = end;
        }
    }

    /// <summary>The space and ASCII's visible characters but for upper case.</summary>
    private static IEnumerable<string> Printable() =>
        Enumerable.Range('!', '~' - '!' + 1).Select(code => (char)code).Where(character => !char.IsAsciiLetterUpper(character)).Append(Space).Select(character => character.ToString());
}
