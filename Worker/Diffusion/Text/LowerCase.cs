using System.Text;

namespace RenderFarm.Diffusion.Text;

/// <summary>
/// Unicode's full lower-casing, which Python's does and .NET's does not: a dotted capital I keeps its dot, a capital sigma at a word's end
/// becomes the final one (Unicode 15, section 3.13 and SpecialCasing.txt).
/// </summary>
internal static class LowerCase
{
    private const char DottedI = '\u0130';
    private const char Sigma = '\u03A3';

    public static string Of(string text)
    {
        var lower = text.ToLowerInvariant();
        if (text.AsSpan().IndexOfAny(DottedI, Sigma) < 0) return lower;
        var mended = new StringBuilder();
        for (var i = 0; i < text.Length; i++)
        {
            if (text[i] == DottedI) mended.Append("i\u0307");
            else if (text[i] == Sigma && IsFinal(text, i)) mended.Append('\u03C2');
            else mended.Append(lower[i]);
        }
        return mended.ToString();
    }

    /// <summary>A letter before it, none after it.</summary>
    private static bool IsFinal(string text, int at) =>
        at > 0 && char.IsLetter(text[at - 1]) && (at + 1 == text.Length || !char.IsLetter(text[at + 1]));
}
