using System.Text;

namespace RenderFarm.Diffusion.Text;

/// <summary>
/// Writes bytes as letters: printable ones of Latin-1 stand for themselves, the others for the code points from 256 on, in order (GPT-2's
/// bytes_to_unicode; Radford et al. 2019, section 2.2).
/// </summary>
internal static class ByteLetters
{
    private const int FirstStandIn = 256;

    private static readonly char[] Letters = Build();

    /// <summary>The text's UTF-8 bytes, a letter each.</summary>
    public static string Of(string text) => string.Concat(Encoding.UTF8.GetBytes(text).Select(value => Letters[value]));

    private static char[] Build()
    {
        var letters = new char[FirstStandIn];
        var next = FirstStandIn;
        for (var value = 0; value < letters.Length; value++)
            letters[value] = value is (>= '!' and <= '~') or (>= '\u00A1' and <= '\u00AC') or (>= '\u00AE' and <= '\u00FF') ? (char)value : (char)next++;
        return letters;
    }
}
