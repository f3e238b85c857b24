using System.Text.RegularExpressions;

namespace RenderFarm.Diffusion.Text;

/// <summary>
/// The expressions of IF's caption cleaning (diffusers, IFPipeline._clean_caption, in the order of their use). Python's \w is letters,
/// numbers of every kind and the underscore, and \b its edge; .NET's differ (½ and ² are no word characters there, joiners are), so both
/// are spelled out.
/// </summary>
internal static partial class CaptionPatterns
{
    private const string W = @"\p{L}\p{N}_";
    private const string Edge = $"(?:(?<=[{W}])(?![{W}])|(?<![{W}])(?=[{W}]))";
    private const string Domain = $@"[a-zA-Z0-9.\-]+[.](?:com|co|ru|net|org|edu|gov|it)[{W}/-]*{Edge}\/?(?!@)";
    private const string Media = "png|jpg|jpeg|bmp|webp|eps|pdf|apk|mp4";
    private const RegexOptions Options = RegexOptions.CultureInvariant;

    [GeneratedRegex(Edge + @"((?:https?:(?:\/{1,3}|[a-zA-Z0-9%])|" + Domain + "))", Options)]
    public static partial Regex WebAddress();

    [GeneratedRegex(Edge + @"((?:www:(?:\/{1,3}|[a-zA-Z0-9%])|" + Domain + "))", Options)]
    public static partial Regex WwwAddress();

    [GeneratedRegex($"@[{W}]+{Edge}", Options)]
    public static partial Regex Nickname();

    /// <summary>
    /// CJK strokes, phonetic extensions, enclosed and compatibility forms, ideographs and their extension A, Yijing hexagrams.
    /// </summary>
    [GeneratedRegex(@"[\u31c0-\u31ef\u31f0-\u31ff\u3200-\u32ff\u3300-\u33ff\u3400-\u4dbf\u4dc0-\u4dff\u4e00-\u9fff]+", Options)]
    public static partial Regex Ideographs();

    [GeneratedRegex(@"[\u002D\u058A\u05BE\u1400\u1806\u2010-\u2015\u2E17\u2E1A\u2E3A\u2E3B\u2E40\u301C\u3030\u30A0\uFE31\uFE32\uFE58\uFE63\uFF0D]+", Options)]
    public static partial Regex Dashes();

    [GeneratedRegex("[`´«»“”¨]", Options)]
    public static partial Regex DoubleQuotes();

    [GeneratedRegex("[‘’]", Options)]
    public static partial Regex SingleQuotes();

    [GeneratedRegex("&quot;?", Options)]
    public static partial Regex QuoteEntity();

    [GeneratedRegex("&amp", Options)]
    public static partial Regex AmpersandEntity();

    [GeneratedRegex(@"\d{1,3}\.\d{1,3}\.\d{1,3}\.\d{1,3}", Options)]
    public static partial Regex IpAddress();

    [GeneratedRegex(@"\d:\d\d\s+$", Options)]
    public static partial Regex TrailingArticleId();

    [GeneratedRegex(@"\\n", Options)]
    public static partial Regex LiteralNewline();

    [GeneratedRegex($@"#\d{{1,3}}{Edge}", Options)]
    public static partial Regex ShortNumberSign();

    [GeneratedRegex($@"#\d{{5,}}{Edge}", Options)]
    public static partial Regex LongNumberSign();

    [GeneratedRegex(Edge + @"\d{6,}" + Edge, Options)]
    public static partial Regex LongNumber();

    [GeneratedRegex($@"[\S]+\.(?:{Media})", Options)]
    public static partial Regex FileName();

    [GeneratedRegex("[\"']{2,}", Options)]
    public static partial Regex RepeatedQuotes();

    [GeneratedRegex(@"[\.]{2,}", Options)]
    public static partial Regex RepeatedDots();

    [GeneratedRegex(@"[#®•©™&@·º½¾¿¡§~\)\(\]\[\}\{\|\\/\*]{1,}", Options)]
    public static partial Regex BadPunctuation();

    [GeneratedRegex(@"\s+\.\s+", Options)]
    public static partial Regex LoneDot();

    [GeneratedRegex("[-_]", Options)]
    public static partial Regex Joiner();

    [GeneratedRegex(Edge + @"[a-zA-Z]{1,3}\d{3,15}" + Edge, Options)]
    public static partial Regex LettersThenDigits();

    [GeneratedRegex(Edge + @"[a-zA-Z]+\d+[a-zA-Z]+" + Edge, Options)]
    public static partial Regex DigitsInLetters();

    [GeneratedRegex(Edge + @"\d+[a-zA-Z]+\d+" + Edge, Options)]
    public static partial Regex LettersInDigits();

    [GeneratedRegex(@"(worldwide\s+)?(free\s+)?shipping", Options)]
    public static partial Regex Shipping();

    [GeneratedRegex(@"(free\s)?download(\sfree)?", Options)]
    public static partial Regex Download();

    [GeneratedRegex($@"{Edge}click{Edge}\s(?:for|on)\s[{W}]+", Options)]
    public static partial Regex Click();

    [GeneratedRegex($@"{Edge}(?:{Media})(\simage[s]?)?", Options)]
    public static partial Regex MediaType();

    [GeneratedRegex(Edge + @"page\s+\d+" + Edge, Options)]
    public static partial Regex PageNumber();

    [GeneratedRegex(Edge + @"\d*[a-zA-Z]+\d+[a-zA-Z]+\d+[a-zA-Z\d]*" + Edge, Options)]
    public static partial Regex MixedId();

    [GeneratedRegex(Edge + @"\d+\.?\d*[xх×]\d+\.?\d*" + Edge, Options)]
    public static partial Regex Dimensions();

    [GeneratedRegex(Edge + @"\s+\:\s+", Options)]
    public static partial Regex SpacedColon();

    [GeneratedRegex(@"(\D[,\./])" + Edge, Options)]
    public static partial Regex TightPunctuation();

    [GeneratedRegex(@"\s+", Options)]
    public static partial Regex Spaces();

    [GeneratedRegex("^[\"']([\\s\\S]+)[\"']$", Options)]
    public static partial Regex Quoted();

    [GeneratedRegex(@"^['_,\-:;]", Options)]
    public static partial Regex LeadingPunctuation();

    [GeneratedRegex(@"['_,\-:+]$", Options)]
    public static partial Regex TrailingPunctuation();

    [GeneratedRegex(@"^\.\S+$", Options)]
    public static partial Regex DottedWord();
}
