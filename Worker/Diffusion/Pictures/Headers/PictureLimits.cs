namespace RenderFarm.Diffusion.Pictures.Headers;

/// <summary>How large a picture from outside may be.</summary>
internal static class PictureLimits
{
    /// <summary>Bytes of its file: 32 MiB.</summary>
    public const int LargestFile = 32 << 20;

    /// <summary>Pixels of its longer side.</summary>
    public const int LongestSide = 8192;

    /// <summary>Pixels in all: those of a square of 4096.</summary>
    public const long MostPixels = 4096L * 4096;

    /// <summary>How many times as long as its shorter side the longer one of a start picture may be: what is drawn over it has its shape.</summary>
    public const int LongestStart = 4;
}
