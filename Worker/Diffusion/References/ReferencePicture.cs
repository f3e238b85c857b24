using System.Security.Cryptography;
using RenderFarm.Diffusion.Pictures;

namespace RenderFarm.Diffusion.References;

/// <summary>A picture that is looked at, and drawn again as the words say; without words, what it shows. What is not square is cut to the square in its middle.</summary>
public sealed class ReferencePicture
{
    private ReferencePicture(Picture picture, string sha256) => (Picture, Sha256) = (picture, sha256);

    /// <summary>What is looked at.</summary>
    public Picture Picture { get; }

    /// <summary>SHA-256 of its file, in lower-case hexadecimal.</summary>
    public string Sha256 { get; }

    /// <summary>Reads a picture; see <see cref="PictureFile"/> for what is accepted.</summary>
    /// <param name="picture">The picture's file.</param>
    /// <param name="name">What to call it in errors.</param>
    /// <exception cref="PictureFileException">It cannot be used.</exception>
    public static ReferencePicture Read(ReadOnlySpan<byte> picture, string name = "reference") =>
        new(PictureFile.Read(picture, name), Convert.ToHexStringLower(SHA256.HashData(picture)));
}
