using System.Text;

namespace RenderFarm.Diffusion.Text;

/// <summary>
/// Letters and the marks behind them as one character where there is one, as Unicode's normal form C has it; .NET's own does nothing in invariant
/// globalisation. <c>compositions.txt</c> lists composed, first and second character of every canonical pair (Unicode 14). Marks are taken in
/// the order in which they stand: several of them in an unusual order, and compatibility ideographs, stay as they are.
/// </summary>
internal static class ComposedForm
{
    // Unicode 15, section 3.12: Hangul syllables are composed by arithmetic.
    private const int Syllables = 0xAC00, Leads = 0x1100, Vowels = 0x1161, Tails = 0x11A7, LeadCount = 19, VowelCount = 21, TailCount = 28;

    private static readonly Lazy<Dictionary<(Rune, Rune), Rune>> Pairs = new(Read);

    public static string Of(string text)
    {
        if (text.All(char.IsAscii)) return text;
        var composed = new List<Rune>(text.Length);
        foreach (var rune in text.EnumerateRunes())
        {
            if (composed.Count > 0 && Compose(composed[^1], rune) is { } whole) composed[^1] = whole;
            else composed.Add(rune);
        }
        return string.Concat(composed);
    }

    private static Rune? Compose(Rune first, Rune second)
    {
        if (Pairs.Value.TryGetValue((first, second), out var whole)) return whole;
        var (lead, vowel, tail) = (first.Value - Leads, second.Value - Vowels, second.Value - Tails);
        if (lead is >= 0 and < LeadCount && vowel is >= 0 and < VowelCount) return new Rune(Syllables + (lead * VowelCount + vowel) * TailCount);
        var syllable = first.Value - Syllables;
        var isOpen = syllable is >= 0 and < LeadCount * VowelCount * TailCount && syllable % TailCount == 0;
        return isOpen && tail is > 0 and < TailCount ? new Rune(first.Value + tail) : null;
    }

    private static Dictionary<(Rune, Rune), Rune> Read()
    {
        using var stream = typeof(ComposedForm).Assembly.GetManifestResourceStream("compositions.txt")!;
        using var reader = new StreamReader(stream, Encoding.UTF8);
        return reader.ReadToEnd().Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => line.EnumerateRunes().ToArray()).ToDictionary(runes => (runes[1], runes[2]), runes => runes[0]);
    }
}
