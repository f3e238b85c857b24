namespace RenderFarm.Diffusion.Pictures.Headers;

/// <summary>What a PNG, JPEG or WebP file says about itself, read without memory for its pixels.</summary>
/// <param name="Width">Pixels, as the picture is meant to be seen.</param>
/// <param name="Height">Pixels.</param>
internal readonly record struct PictureHeader(int Width, int Height)
{
    internal const string CutShort = "is cut short; save or send it again";
    internal const string Damaged = "is damaged; save or send it again";
    internal const string Animated = "is animated; expected is a single picture";
    internal const string Transparent = "has transparent pixels; flatten it onto a background first";
    internal const string SixteenBits = "has 16 bits a sample; expected are 8. Save it with 8";

    /// <summary>Reads the header.</summary>
    /// <param name="file">The whole file.</param>
    /// <param name="fault">Why the picture cannot be taken: "is …" or "has …", without a full stop; null where it can, as far as this shows.</param>
    public static PictureHeader Read(ReadOnlySpan<byte> file, out string? fault)
    {
        var header = default(PictureHeader);
        fault = file.Length > PictureLimits.LargestFile
            ? FormattableString.Invariant($"has {file.Length:N0} bytes; expected are at most {PictureLimits.LargestFile:N0}. Make it smaller")
            : PictureKind.Of(file) switch
            {
                PictureKind.Png => PngHeader.Read(file, out header),
                PictureKind.Jpeg => JpegHeader.Read(file, out header),
                PictureKind.Webp => WebpHeader.Read(file, out header),
                _ => PictureKind.Fault(file),
            };
        return header;
    }

    /// <summary>Why a picture of this size cannot be drawn over: "is …", without a full stop; null where it can.</summary>
    public static string? FaultOfStart(int width, int height) => Math.Max(width, height) <= (long)PictureLimits.LongestStart * Math.Min(width, height) ? null
        : FormattableString.Invariant($"is {width} x {height} pixels; the longer side of a picture to start from is at most {PictureLimits.LongestStart} times the shorter one. Cut something off");

    /// <summary>Takes the size; says what is wrong with it.</summary>
    internal static string? Sized(long width, long height, out PictureHeader header)
    {
        header = default;
        if (width == 0 || height == 0) return Damaged;
        if (width > PictureLimits.LongestSide || height > PictureLimits.LongestSide || width * height > PictureLimits.MostPixels)
            return FormattableString.Invariant($"is {width} x {height} pixels; expected are sides of at most {PictureLimits.LongestSide} and at most {PictureLimits.MostPixels:N0} pixels in all. Make it smaller");
        header = new((int)width, (int)height);
        return null;
    }
}
