using RenderFarm.Diffusion.Weights;

namespace RenderFarm.Diffusion.DalleMini;

/// <summary>
/// Finds the words in a hashtag, which has no spaces, by how frequent words are (dalle-mini, model/text.py, class HashtagProcessor, after wordninja): the
/// division whose words' costs, the logarithms of their ranks, sum to the least.
/// </summary>
internal sealed class HashtagSplitter
{
    public const string FileName = "enwiki-words-frequency.txt";

    /// <summary>Largest list that is read, in bytes.</summary>
    private const long LargestFile = 256L << 20;

    private readonly Dictionary<string, double> _costs;
    private readonly int _longest;

    private HashtagSplitter(Dictionary<string, double> costs) => (_costs, _longest) = (costs, costs.Keys.Max(word => word.Length));

    /// <summary>Reads the list of words beside a model, the most frequent first, each with its count behind a space.</summary>
    /// <returns>Null where there is none.</returns>
    /// <exception cref="WeightsException">It holds no words, or is too long to be such a list.</exception>
    public static HashtagSplitter? Load(string folder)
    {
        var path = Path.Combine(folder, FileName);
        if (!File.Exists(path)) return null;
        if (new FileInfo(path).Length is > LargestFile and var length)
            throw new WeightsException($"'{path}' has {length} bytes; expected is a list of words of at most {LargestFile}.");
        var costs = new Dictionary<string, double>(StringComparer.Ordinal);
        var rank = 0;
        foreach (var word in File.ReadLines(path).Select(line => line.Split(' ', '\t')[0]).Where(word => word.Length > 0)) costs[word] = Math.Log(++rank);
        return costs.Count > 0 ? new HashtagSplitter(costs) : throw new WeightsException($"'{path}' holds no words; expected is one a line, the most frequent first. Fetch it again.");
    }

    /// <summary>The text with spaces between its words.</summary>
    public string Split(string text) => string.Join(' ', NormalizerPatterns.BetweenWords().Split(text).SelectMany(Words));

    private List<string> Words(string text)
    {
        var lengths = LastWords(text);
        var words = new List<string>();
        for (var end = text.Length; end > 0; end -= lengths[end])
        {
            var word = text[(end - lengths[end])..end];
            if (word != "'" && words.Count > 0 && (words[^1] == "'s" || (char.IsAsciiDigit(text[end - 1]) && char.IsAsciiDigit(words[^1][0])))) words[^1] = word + words[^1];
            else words.Add(word);
        }
        words.Reverse();
        return words;
    }

    /// <summary>How long the last word in the cheapest division of each beginning is; of equal ones the shorter.</summary>
    private int[] LastWords(string text)
    {
        var (costs, lengths) = (new double[text.Length + 1], new int[text.Length + 1]);
        for (var end = 1; end <= text.Length; end++)
        {
            (costs[end], lengths[end]) = (double.PositiveInfinity, 1);
            for (var length = 1; length <= Math.Min(end, _longest); length++)
            {
                var cost = costs[end - length] + _costs.GetValueOrDefault(text[(end - length)..end].ToLowerInvariant(), double.PositiveInfinity);
                if (cost < costs[end]) (costs[end], lengths[end]) = (cost, length);
            }
        }
        return lengths;
    }
}
