using System.Security.Cryptography;
using RenderFarm.Diffusion.Pictures;
using RenderFarm.Diffusion.Pictures.Headers;

namespace RenderFarm.Diffusion.StartPictures;

/// <summary>
/// A picture to start from instead of noise alone, and where it may be changed (diffusers' IFImg2ImgPipeline and IFInpaintingPipeline, and the
/// super-resolution pipelines that go with them). What is drawn has its shape: see <see cref="StartCanvas"/>.
/// </summary>
public sealed class StartPicture
{
    private StartPicture(Picture picture, string sha256, Picture? mask, string? maskSha256) =>
        (Picture, Sha256, Mask, MaskSha256) = (picture, sha256, mask, maskSha256);

    /// <summary>What to start from.</summary>
    public Picture Picture { get; }

    /// <summary>SHA-256 of its file, in lower-case hexadecimal.</summary>
    public string Sha256 { get; }

    /// <summary>Light where the picture is drawn anew, dark where it stays; null for all of it.</summary>
    public Picture? Mask { get; }

    /// <summary>SHA-256 of the mask's file.</summary>
    public string? MaskSha256 { get; }

    /// <summary>Reads picture and mask; see <see cref="PictureFile"/> for what is accepted.</summary>
    /// <param name="picture">The picture's file.</param>
    /// <param name="mask">The mask's file; of the same width and height. Null for none.</param>
    /// <param name="name">What to call the picture in errors.</param>
    /// <param name="maskName">What to call the mask in errors.</param>
    /// <exception cref="PictureFileException">One of them cannot be used, they are of different sizes, or far longer than wide.</exception>
    public static StartPicture Read(ReadOnlySpan<byte> picture, ReadOnlySpan<byte> mask, string name = "start", string maskName = "mask")
    {
        var header = PictureHeader.Read(picture, out var fault);
        if (fault is null && PictureHeader.FaultOfStart(header.Width, header.Height) is { } shape) throw new PictureFileException($"'{name}' {shape}.");
        var start = PictureFile.Read(picture, name);
        if (mask.IsEmpty) return new StartPicture(start, HashOf(picture), null, null);
        var where = PictureFile.Read(mask, maskName);
        if ((where.Width, where.Height) != (start.Width, start.Height))
        {
            throw new PictureFileException(FormattableString.Invariant(
                $"'{maskName}' is {where.Width} x {where.Height} pixels and '{name}' {start.Width} x {start.Height}; a mask has the size of the picture that it is for."));
        }
        return new StartPicture(start, HashOf(picture), where, HashOf(mask));
    }

    private static string HashOf(ReadOnlySpan<byte> file) => Convert.ToHexStringLower(SHA256.HashData(file));
}
