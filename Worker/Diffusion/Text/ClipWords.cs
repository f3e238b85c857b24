using System.Globalization;
using System.Text;

namespace RenderFarm.Diffusion.Text;

/// <summary>
/// Cuts a text into words as transformers' CLIPTokenizer does: composed (NFC), in lower case, then by the pattern
/// <c>'s|'t|'re|'ve|'m|'ll|'d|[\p{L}]+|[\p{N}]|[^\s\p{L}\p{N}]+</c>. By code points, which .NET's regular expressions do not see outside the basic
/// plane.
/// </summary>
internal static class ClipWords
{
    private static readonly string[] Whole = ["'s", "'t", "'re", "'ve", "'m", "'ll", "'d"];

    private enum Kind
    {
        Space,
        Letter,
        Number,
        Other,
    }

    public static IEnumerable<string> Split(string text)
    {
        var clean = Lower(ComposedForm.Of(Sound(text)));
        for (var at = 0; at < clean.Length;)
        {
            var end = WordEnd(clean, at);
            if (KindAt(clean, at) != Kind.Space) yield return clean[at..end];
            at = end;
        }
    }

    private static int WordEnd(string text, int start)
    {
        if (Whole.FirstOrDefault(word => string.CompareOrdinal(text, start, word, 0, word.Length) == 0) is { } whole) return start + whole.Length;
        var kind = KindAt(text, start);
        var end = start + Rune.GetRuneAt(text, start).Utf16SequenceLength;
        if (kind is Kind.Space or Kind.Number) return end;
        while (end < text.Length && KindAt(text, end) == kind) end += Rune.GetRuneAt(text, end).Utf16SequenceLength;
        return end;
    }

    private static Kind KindAt(string text, int at)
    {
        var rune = Rune.GetRuneAt(text, at);
        if (Rune.IsWhiteSpace(rune)) return Kind.Space;
        if (Rune.IsLetter(rune)) return Kind.Letter;
        return Rune.GetUnicodeCategory(rune) is UnicodeCategory.DecimalDigitNumber or UnicodeCategory.LetterNumber or UnicodeCategory.OtherNumber ? Kind.Number : Kind.Other;
    }

    /// <summary>Letter by letter, so without Greek's final sigma; a dotted capital I keeps its dot.</summary>
    private static string Lower(string text) => text.Replace("\u0130", "i\u0307", StringComparison.Ordinal).ToLowerInvariant();

    /// <summary>Halves of surrogate pairs, which are no text, become the replacement character.</summary>
    private static string Sound(string text) => string.Concat(text.EnumerateRunes().Select(rune => rune.ToString()));
}
