namespace RenderFarm.Api.Pictures;

/// <summary>A data URI (RFC 2397) that holds a picture in base64.</summary>
internal static class DataUri
{
    private const string Scheme = "data:";
    private const string Base64 = ";base64";

    public static bool Is(string text) => text.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase);

    /// <summary>The bytes and the content type that the URI gives; null with what is wrong.</summary>
    public static byte[]? Read(string text, out string? contentType, out string? fault)
    {
        (contentType, fault) = (null, null);
        var comma = text.IndexOf(',', StringComparison.Ordinal);
        var head = comma < 0 ? string.Empty : text[Scheme.Length..comma];
        if (!head.EndsWith(Base64, StringComparison.OrdinalIgnoreCase))
        {
            fault = "is no data URI with a picture; expected is 'data:image/png;base64,…', with image/jpeg or image/webp as it may be";
            return null;
        }

        contentType = head[..^Base64.Length].Split(';')[0];
        var bytes = new byte[(text.Length - comma) / 4 * 3 + 3];
        if (Convert.TryFromBase64Chars(text.AsSpan(comma + 1), bytes, out var length))
            return bytes[..length];
        fault = "is a data URI whose base64 is broken; encode the file anew";
        return null;
    }
}
