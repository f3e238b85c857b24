using System.Text.RegularExpressions;

namespace RenderFarm.Diffusion.DalleMini;

/// <summary>The expressions of DALL-E Mini's text normalisation (dalle-mini, model/text.py), in the order of their use. The text is ASCII by then.</summary>
internal static partial class NormalizerPatterns
{
    private const RegexOptions Options = RegexOptions.CultureInvariant;

    [GeneratedRegex(@"\A\s*\[\d+\]", Options)]
    public static partial Regex LeadingReference();

    [GeneratedRegex(@"\[\d+\]\s*\z", Options)]
    public static partial Regex TrailingReference();

    [GeneratedRegex("<[^<]+?>", Options)]
    public static partial Regex Tag();

    [GeneratedRegex(@"http\S+", Options)]
    public static partial Regex WebAddress();

    [GeneratedRegex(@"(\d),(\d{3})", Options)]
    public static partial Regex CommaInNumber();

    [GeneratedRegex(@"(\w)\.(\w)", Options)]
    public static partial Regex DotInWord();

    [GeneratedRegex(@"'(?=([stdm]|(ll)|(re)|(ve)|(ll))\b)", Options)]
    public static partial Regex Contraction();

    [GeneratedRegex(@"(\d)/(\d)", Options)]
    public static partial Regex SlashInNumber();

    [GeneratedRegex(@"(\w)-(\w)", Options)]
    public static partial Regex HyphenInWord();

    [GeneratedRegex(@"([%&\/$*])", Options)]
    public static partial Regex LoneSign();

    [GeneratedRegex(@"#(\w+)", Options)]
    public static partial Regex Hashtag();

    [GeneratedRegex(@"[_#\\]", Options)]
    public static partial Regex Ignored();

    [GeneratedRegex("['\"`]", Options)]
    public static partial Regex Quote();

    [GeneratedRegex(@"[()[\].,|:;?!=+~\-\/{}]", Options)]
    public static partial Regex Punctuation();

    [GeneratedRegex(@"(\D)\1{3,}", Options)]
    public static partial Regex Repeated();

    /// <summary>The original's (\s*"+\s*)+, without its two ways to match the same spaces.</summary>
    [GeneratedRegex("\\s*\"[\\s\"]*", Options)]
    public static partial Regex Quotes();

    /// <summary>The original's (\s*,+\s*)+, likewise.</summary>
    [GeneratedRegex(@"\s*,[\s,]*", Options)]
    public static partial Regex Commas();

    [GeneratedRegex(@"\s+", Options)]
    public static partial Regex Spaces();

    /// <summary>What words of a hashtag may consist of, cut at everything else.</summary>
    [GeneratedRegex("[^a-zA-Z0-9']+", Options)]
    public static partial Regex BetweenWords();
}
