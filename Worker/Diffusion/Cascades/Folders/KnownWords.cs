namespace RenderFarm.Diffusion.Cascades.Folders;

/// <summary>The words a model learned, if it says: <c>known_words.txt</c> in its folder, one lower-case word per line.</summary>
internal sealed class KnownWords
{
    public const string FileName = "known_words.txt";

    private readonly HashSet<string>? _words;

    private KnownWords(HashSet<string>? words) => _words = words;

    public static KnownWords Load(string folder)
    {
        var path = Path.Combine(folder, FileName);
        if (!File.Exists(path)) return new KnownWords(null);
        return new KnownWords([.. File.ReadLines(path).Select(line => line.Trim()).Where(line => line.Length > 0)]);
    }

    /// <summary>These words, or others where these are not told.</summary>
    public KnownWords Or(KnownWords others) => _words is null ? others : this;

    /// <summary>
    /// The prompt's words that the model does not know, in their order, each once; none if it does not say what it knows. A word with
    /// hyphens is known where its parts are.
    /// </summary>
    public IReadOnlyList<string> MissingFrom(string prompt) =>
        _words is null ? [] : [.. Words(prompt).Where(word => !_words.Contains(word) && !word.Split('-').All(_words.Contains)).Distinct(StringComparer.Ordinal)];

    /// <summary>Runs of letters, marks and digits, with apostrophes and hyphens inside them.</summary>
    private static IEnumerable<string> Words(string prompt)
    {
        var start = -1;
        var text = prompt.ToLowerInvariant() + " ";
        for (var at = 0; at < text.Length; at++)
        {
            var inWord = IsWordCharacter(text[at]) || (start >= 0 && text[at] is '\'' or '’' or '-');
            if (inWord && start < 0) start = at;
            if (inWord || start < 0) continue;
            yield return text[start..at].TrimEnd('\'', '’', '-');
            start = -1;
        }
    }

    private static bool IsWordCharacter(char character) => char.IsLetterOrDigit(character) || char.IsSurrogate(character)
        || char.GetUnicodeCategory(character) is System.Globalization.UnicodeCategory.NonSpacingMark or System.Globalization.UnicodeCategory.SpacingCombiningMark;
}
