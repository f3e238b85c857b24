namespace RenderFarm.Diffusion.Pictures.Headers;

/// <summary>Tells a picture's kind by its first bytes.</summary>
internal static class PictureKind
{
    public const string Png = "image/png";
    public const string Jpeg = "image/jpeg";
    public const string Webp = "image/webp";

    /// <summary>The content type of a kind that can be read; null for others.</summary>
    public static string? Of(ReadOnlySpan<byte> file) => file switch
    {
        [0x89, (byte)'P', (byte)'N', (byte)'G', 0x0D, 0x0A, 0x1A, 0x0A, ..] => Png,
        [0xFF, 0xD8, 0xFF, ..] => Jpeg,
        [(byte)'R', (byte)'I', (byte)'F', (byte)'F', _, _, _, _, (byte)'W', (byte)'E', (byte)'B', (byte)'P', ..] => Webp,
        _ => null,
    };

    /// <summary>What is wrong with a file of none of these kinds.</summary>
    public static string Fault(ReadOnlySpan<byte> file) => $"is {Other(file)}; expected is PNG, JPEG or WebP";

    private static string Other(ReadOnlySpan<byte> file) => file switch
    {
        [] => "empty",
        [(byte)'G', (byte)'I', (byte)'F', (byte)'8', ..] => "a GIF picture",
        [(byte)'B', (byte)'M', ..] => "a BMP picture",
        [(byte)'I', (byte)'I', 42, 0, ..] or [(byte)'M', (byte)'M', 0, 42, ..] => "a TIFF picture",
        [_, _, _, _, (byte)'f', (byte)'t', (byte)'y', (byte)'p', ..] => "an AVIF or HEIF picture, or a film",
        _ => "no picture that can be read",
    };
}
