using System.Net;
using System.Text;

namespace RenderFarm.Diffusion.Text;

/// <summary>
/// Mends what most often goes wrong with text on the web: UTF-8 that was read as Windows-1252 ("â€œ" for “), ligatures, full-width letters,
/// curly quotes, control characters. A part of what the library ftfy does where IF cleans captions: other code pages are left alone, and
/// composing accents is left to the tokenizer's own rules.
/// </summary>
internal static class MojibakeRepair
{
    /// <summary>What Windows-1252 makes of the bytes 0x80 to 0x9F; the five unassigned ones stay as they are.</summary>
    private const string Windows1252 = "€\u0081‚ƒ„…†‡ˆ‰Š‹Œ\u008DŽ\u008F\u0090‘’“”•–—˜™š›œ\u009DžŸ";

    private const char NoBreakSpace = '\u00A0';

    private static readonly Encoding Utf8 = new UTF8Encoding(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    private static readonly (char Ligature, string Letters)[] Ligatures =
        [('ﬀ', "ff"), ('ﬁ', "fi"), ('ﬂ', "fl"), ('ﬃ', "ffi"), ('ﬄ', "ffl"), ('ﬅ', "ſt"), ('ﬆ', "st"), ('ĳ', "ij"), ('Ĳ', "IJ")];

    public static string Mend(string text)
    {
        if (text.All(char.IsAscii) && !text.Any(char.IsControl)) return text;
        return Tidy(Decode(text.Contains('<', StringComparison.Ordinal) ? text : WebUtility.HtmlDecode(text)));
    }

    /// <summary>Replaces every run of characters that are the bytes of one UTF-8 character by that character.</summary>
    private static string Decode(string text)
    {
        var mended = new StringBuilder(text.Length);
        for (var at = 0; at < text.Length;)
        {
            var length = SequenceLength(Byte(text[at]));
            if (length > 1 && at + length <= text.Length && Read(text.AsSpan(at, length)) is { } character)
            {
                mended.Append(character);
                at += length;
            }
            else mended.Append(text[at++]);
        }
        return mended.ToString();
    }

    /// <summary>The character whose UTF-8 bytes these characters are, or null.</summary>
    private static string? Read(ReadOnlySpan<char> run)
    {
        Span<byte> bytes = stackalloc byte[run.Length];
        var (spaces, letters) = (0, 0);
        for (var i = 0; i < run.Length; i++)
        {
            // Software that takes a no-break space for a space has turned byte 0xA0 into 0x20.
            var isSpace = i > 0 && run[i] == ' ';
            if (isSpace) spaces++;
            if (i > 0 && char.IsLetter(run[i])) letters++;
            if (Byte(isSpace ? NoBreakSpace : run[i]) is not { } value) return null;
            bytes[i] = value;
        }
        // "máš " and "weiß…" are words: only signs that no word holds betray the mistake.
        var signs = run.Length - 1 - spaces - letters;
        if (signs == 0 || spaces > 1 || (spaces == 1 && (letters > 0 || run.Length < 3)) || run[0] == 'ß') return null;
        try
        {
            return Utf8.GetString(bytes);
        }
        catch (DecoderFallbackException)
        {
            return null;
        }
    }

    private static int SequenceLength(byte? lead) => lead switch
    {
        >= 0xC2 and <= 0xDF => 2,
        >= 0xE0 and <= 0xEF => 3,
        >= 0xF0 and <= 0xF4 => 4,
        _ => 1,
    };

    /// <summary>The byte that Windows-1252 (or Latin-1) reads as this character, or null.</summary>
    private static byte? Byte(char character)
    {
        if (character is >= '\u00A0' and <= '\u00FF') return (byte)character;
        var index = character < '\u0080' ? -1 : Windows1252.IndexOf(character, StringComparison.Ordinal);
        return index >= 0 ? (byte)(0x80 + index) : character is >= '\u0080' and <= '\u009F' ? (byte)character : null;
    }

    private static string Tidy(string text)
    {
        var tidy = new StringBuilder(text.Length);
        foreach (var character in text)
        {
            if (Array.Find(Ligatures, pair => pair.Ligature == character).Letters is { } letters) tidy.Append(letters);
            else if (!IsDropped(character)) tidy.Append(Plain(character));
        }
        return tidy.ToString();
    }

    private static bool IsDropped(char character) =>
        character is (< ' ' and not ('\t' or '\n' or '\f' or '\r')) or '\u007F' or (>= '\u206A' and <= '\u206F') or '\uFEFF' or (>= '\uFFF9' and <= '\uFFFC');

    private static char Plain(char character) => character switch
    {
        '\u02BC' or (>= '\u2018' and <= '\u201B') => '\'',
        >= '\u201C' and <= '\u201F' => '"',
        >= '\uFF01' and <= '\uFF5E' => (char)(character - '\uFF01' + '!'),
        '\u3000' => ' ',
        '\r' or '\u2028' or '\u2029' or '\u0085' => '\n',
        >= '\u0080' and <= '\u009F' => Windows1252[character - '\u0080'],
        _ => character,
    };
}
