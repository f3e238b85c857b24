using AngleSharp.Dom;
using AngleSharp.Html.Parser;

namespace RenderFarm.Diffusion.Text;

/// <summary>The text of a piece of HTML, with entities resolved; no scripts, styles or comments.</summary>
internal static class HtmlText
{
    /// <summary>Their contents are no text that a reader sees.</summary>
    private const string Unseen = "script, style, template";

    public static string Of(string html)
    {
        // Without either there is nothing to resolve, and most prompts have neither.
        if (html.AsSpan().IndexOfAny('<', '&') < 0) return html;
        using var document = new HtmlParser().ParseDocument("<!doctype html><body>" + KeepOpenEnd(html));
        foreach (var element in document.QuerySelectorAll(Unseen)) element.Remove();
        return document.Body?.TextContent ?? "";
    }

    /// <summary>
    /// A last &lt; that no &gt; follows begins no tag but is meant as it stands ("a &lt; b"); a parser would drop what follows.
    /// </summary>
    private static string KeepOpenEnd(string html)
    {
        var closed = html.LastIndexOf('>') + 1;
        return html[..closed] + html[closed..].Replace("<", "&lt;", StringComparison.Ordinal);
    }
}
