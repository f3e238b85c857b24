using System.Net;

namespace RenderFarm.Diffusion.Text;

/// <summary>One pass of IF's caption cleaning, step by step as diffusers' IFPipeline._clean_caption does it.</summary>
internal static class CaptionCleaner
{
    /// <summary>From this many hyphens and underscores on they stand for spaces: "this-is-my-cute-cat".</summary>
    private const int ManyJoiners = 4;

    public static string Clean(string caption)
    {
        var text = LowerCase.Of(WebUtility.UrlDecode(caption).Trim());
        text = text.Replace("<person>", "person", StringComparison.Ordinal);
        text = CaptionPatterns.WwwAddress().Replace(CaptionPatterns.WebAddress().Replace(text, ""), "");
        text = CaptionPatterns.Nickname().Replace(HtmlText.Of(text), "");
        text = CleanSigns(CaptionPatterns.Ideographs().Replace(text, ""));
        text = WebUtility.HtmlDecode(WebUtility.HtmlDecode(MojibakeRepair.Mend(text)));
        return Trim(CleanShopTalk(text));
    }

    private static string CleanSigns(string text)
    {
        text = CaptionPatterns.Dashes().Replace(text, "-");
        text = CaptionPatterns.SingleQuotes().Replace(CaptionPatterns.DoubleQuotes().Replace(text, "\""), "'");
        text = CaptionPatterns.AmpersandEntity().Replace(CaptionPatterns.QuoteEntity().Replace(text, ""), "");
        text = CaptionPatterns.IpAddress().Replace(text, " ");
        text = CaptionPatterns.TrailingArticleId().Replace(text, "");
        text = CaptionPatterns.LiteralNewline().Replace(text, " ");
        text = CaptionPatterns.LongNumberSign().Replace(CaptionPatterns.ShortNumberSign().Replace(text, ""), "");
        text = CaptionPatterns.LongNumber().Replace(text, "");
        text = CaptionPatterns.FileName().Replace(text, "");
        text = CaptionPatterns.RepeatedDots().Replace(CaptionPatterns.RepeatedQuotes().Replace(text, "\""), " ");
        text = CaptionPatterns.LoneDot().Replace(CaptionPatterns.BadPunctuation().Replace(text, " "), " ");
        return CaptionPatterns.Joiner().Count(text) >= ManyJoiners ? CaptionPatterns.Joiner().Replace(text, " ") : text;
    }

    private static string CleanShopTalk(string text)
    {
        text = CaptionPatterns.LettersThenDigits().Replace(text, "");
        text = CaptionPatterns.DigitsInLetters().Replace(text, "");
        text = CaptionPatterns.LettersInDigits().Replace(text, "");
        text = CaptionPatterns.Shipping().Replace(text, "");
        text = CaptionPatterns.Download().Replace(text, "");
        text = CaptionPatterns.Click().Replace(text, "");
        text = CaptionPatterns.MediaType().Replace(text, "");
        text = CaptionPatterns.PageNumber().Replace(text, "");
        text = CaptionPatterns.MixedId().Replace(text, " ");
        text = CaptionPatterns.Dimensions().Replace(text, "");
        text = CaptionPatterns.SpacedColon().Replace(text, ": ");
        text = CaptionPatterns.TightPunctuation().Replace(text, "$1 ");
        return CaptionPatterns.Spaces().Replace(text, " ");
    }

    private static string Trim(string text)
    {
        text = CaptionPatterns.Quoted().Replace(text, "$1");
        text = CaptionPatterns.LeadingPunctuation().Replace(text, "");
        text = CaptionPatterns.TrailingPunctuation().Replace(text, "");
        return CaptionPatterns.DottedWord().Replace(text, "").Trim();
    }
}
