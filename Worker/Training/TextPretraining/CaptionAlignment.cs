using System.Collections.Immutable;
using RenderFarm.Diffusion.Text;
using RenderFarm.Training.Scenes;

namespace RenderFarm.Training.TextPretraining;

/// <summary>Which token of a caption says what which token of its canonical wording says.</summary>
internal sealed class CaptionAlignment(T5Tokenizer tokenizer)
{
    private readonly Dictionary<int, string> _words = [];

    /// <summary>
    /// Pairs of positions: the caption's, then the canonical wording's. Tokens that say nothing of their own are in none, but two that the canonical wording
    /// always has: "and", which here is whatever stands before the last object, and "background", which may be the word before the colour. End marks are last.
    /// </summary>
    /// <param name="caption">One that tells objects one by one, with their places.</param>
    /// <param name="canonical">Its canonical wording.</param>
    public IReadOnlyList<(int Caption, int Canonical)> Of(Caption caption, CanonicalCaption canonical)
    {
        var pairs = new List<(int, int)>();
        var end = tokenizer.Pieces(caption.Text).Count;
        var ground = new HashSet<int>(Enumerable.Range(0, end));
        var (at, lastObject) = (0, 0);
        foreach (var (slot, text) in canonical.Parts)
        {
            var length = tokenizer.Pieces(text).Count;
            if (slot < TrainingLabels.Places)
            {
                var index = IndexAt(caption.Scene, slot);
                var clause = RangeOf(caption.Text, caption.Clauses[index]);
                ground.ExceptWith(clause);
                lastObject = Math.Max(lastObject, clause[0]);
                pairs.AddRange(Match(MeaningsOf(caption.Scene.Objects[index]), caption.Text, clause, canonical.Text, Enumerable.Range(at, length)));
            }
            at += length;
        }
        var words = WordsOf(canonical.Text);
        var joint = Array.LastIndexOf(words, "and");
        if (joint >= 0) pairs.Add((lastObject - 1, joint));
        if (caption.SaysBackground)
        {
            var length = tokenizer.Pieces(canonical.Parts[^1].Text).Count;
            pairs.AddRange(Ground(caption, [.. ground.Order()], words, [.. Enumerable.Range(at - length, length)]));
        }
        pairs.Add((end, words.Length));
        return pairs;
    }

    private static int IndexAt(Scene scene, int place)
    {
        for (var index = 0; index < scene.Objects.Length; index++)
            if ((int)scene.Objects[index].Place == place) return index;
        throw new ArgumentException($"The scene has nothing at place {place}, of which its caption tells.", nameof(place));
    }

    /// <summary>The background's colour, which may be two words, from its end, and "background".</summary>
    private IEnumerable<(int, int)> Ground(Caption caption, int[] range, string[] canonical, int[] canonicalRange)
    {
        var (names, words) = (Split(Words.Of(caption.Scene.Background)), WordsOf(caption.Text));
        var (here, there) = (Array.FindAll(range, token => names.Contains(words[token])), Array.FindAll(canonicalRange, token => names.Contains(canonical[token])));
        for (var back = 1; back <= Math.Min(here.Length, there.Length); back++) yield return (here[^back], there[^back]);
        var named = Array.FindLastIndex(range, token => words[token] == "background");
        var background = named >= 0 ? range[named] : here[0] - 1;
        if (background >= 0) yield return (background, canonicalRange[^1]);
    }

    /// <summary>For each meaning the last word that has it, here and there: "a plus sign" is one.</summary>
    private IEnumerable<(int, int)> Match(IEnumerable<ImmutableHashSet<string>> meanings, string caption, IEnumerable<int> range, string canonical, IEnumerable<int> canonicalRange)
    {
        var (here, there) = (WordsOf(caption), WordsOf(canonical));
        var (captionTokens, canonicalTokens) = (range.ToArray(), canonicalRange.ToArray());
        foreach (var words in meanings)
        {
            var one = Array.FindLastIndex(captionTokens, token => words.Contains(here[token]));
            var other = Array.FindLastIndex(canonicalTokens, token => words.Contains(there[token]));
            if (one >= 0 && other >= 0) yield return (captionTokens[one], canonicalTokens[other]);
        }
    }

    private static IEnumerable<ImmutableHashSet<string>> MeaningsOf(SceneObject item)
    {
        yield return Split(Words.Of(item.Size));
        yield return Split(Words.Of(item.Colour));
        yield return Split(Words.Of(item.Shape));
        if (item.Fill != Fill.Plain) yield return Split(Words.Of(item.Fill)).Remove("with");
        if (item.Place is Place.Centre) yield return ["centre", "center", "middle"];
        if (item.Place is Place.TopLeft or Place.TopRight or Place.Top) yield return ["top", "upper"];
        if (item.Place is Place.BottomLeft or Place.BottomRight or Place.Bottom) yield return ["bottom", "lower"];
        if (item.Place is Place.TopLeft or Place.BottomLeft or Place.Left) yield return ["left"];
        if (item.Place is Place.TopRight or Place.BottomRight or Place.Right) yield return ["right"];
    }

    private static ImmutableHashSet<string> Split(string[] phrases) => [.. phrases.SelectMany(phrase => phrase.Split(' '))];

    /// <summary>The tokens of a phrase in a text.</summary>
    private int[] RangeOf(string text, string phrase)
    {
        var start = text.IndexOf(phrase, StringComparison.Ordinal);
        var first = tokenizer.Pieces(text[..start].TrimEnd()).Count;
        return [.. Enumerable.Range(first, tokenizer.Pieces(text[..(start + phrase.Length)]).Count - first)];
    }

    private string[] WordsOf(string text) => [.. tokenizer.Pieces(text).Select(WordOf)];

    private string WordOf(int id) => _words.TryGetValue(id, out var word) ? word : _words[id] = tokenizer.Text([id]).Trim();
}
