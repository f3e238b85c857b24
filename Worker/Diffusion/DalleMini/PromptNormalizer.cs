using System.Net;
using System.Text;
using AnyAscii;
using RenderFarm.Diffusion.Text;

namespace RenderFarm.Diffusion.DalleMini;

/// <summary>
/// DALL-E Mini's text normalisation (dalle-mini, model/text.py, class TextNormalizer), step by step. What its Python libraries do comes from others here:
/// of ftfy's mending <see cref="MojibakeRepair"/> has a part; AnyAscii writes other scripts in ASCII instead of unidecode, whose romanisations differ here
/// and there, and names emoji by their short names (:grinning:) instead of Unicode's (:grinning_face:).
/// </summary>
internal sealed class PromptNormalizer
{
    // Stand for signs that later steps must not touch; as in the original, of no letters that repeat.
    private const string Mark = "xtokx", Dot = $"{Mark}dot{Mark}", Apostrophe = $"{Mark}quote{Mark}", Slash = $"{Mark}slash{Mark}";

    private readonly HashtagSplitter? _hashtags;

    /// <param name="hashtags">Splits words behind #; null leaves them whole.</param>
    public PromptNormalizer(HashtagSplitter? hashtags) => _hashtags = hashtags;

    /// <summary>The prompt as the model's captions were written: with a space in front.</summary>
    public string Normalize(string prompt)
    {
        var text = WebUtility.HtmlDecode(WebUtility.HtmlDecode(MojibakeRepair.Mend(prompt)));
        text = Ascii(text).ToLowerInvariant();
        text = NormalizerPatterns.TrailingReference().Replace(NormalizerPatterns.LeadingReference().Replace(text, ""), "");
        text = NormalizerPatterns.WebAddress().Replace(NormalizerPatterns.Tag().Replace(text, " "), "");
        text = NormalizerPatterns.CommaInNumber().Replace(NormalizerPatterns.CommaInNumber().Replace(text, "$1$2"), "$1$2");
        return $" {Tidy(Punctuate(text))}";
    }

    /// <summary>Halves of surrogate pairs are no text and have no letters.</summary>
    private static string Ascii(string text)
    {
        var sound = new StringBuilder(text.Length);
        foreach (var rune in text.EnumerateRunes())
        {
            if (rune != Rune.ReplacementChar) sound.Append(rune.ToString());
        }
        return sound.ToString().Transliterate();
    }

    private string Punctuate(string text)
    {
        text = NormalizerPatterns.DotInWord().Replace(text, $"$1{Dot}$2");
        text = NormalizerPatterns.Contraction().Replace(text, Apostrophe);
        text = NormalizerPatterns.SlashInNumber().Replace(text, $"$1{Slash}$2");
        text = NormalizerPatterns.LoneSign().Replace(NormalizerPatterns.HyphenInWord().Replace(text, "$1 $2"), " $1 ");
        if (_hashtags is not null) text = NormalizerPatterns.Hashtag().Replace(text, match => _hashtags.Split(match.Groups[1].Value));
        text = NormalizerPatterns.Ignored().Replace(text, " ");
        text = NormalizerPatterns.Quote().Replace(text, " \" ");
        text = NormalizerPatterns.Punctuation().Replace(text, ",");
        return text.Replace(Dot, ".", StringComparison.Ordinal).Replace(Apostrophe, "'", StringComparison.Ordinal).Replace(Slash, "/", StringComparison.Ordinal);
    }

    private static string Tidy(string text)
    {
        text = NormalizerPatterns.Repeated().Replace(text, "$1");
        text = NormalizerPatterns.Quotes().Replace(text, " \" ");
        text = NormalizerPatterns.Commas().Replace(text, ", ");
        text = NormalizerPatterns.Spaces().Replace(text, " ").Trim();
        if (text.EndsWith(',')) text = text[..^1];
        if (text.StartsWith(',')) text = text[1..];
        return text.Trim();
    }
}
