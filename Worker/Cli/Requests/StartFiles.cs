using RenderFarm.Cli.Errors;
using RenderFarm.Diffusion.Pictures;
using RenderFarm.Diffusion.StartPictures;

namespace RenderFarm.Cli.Requests;

/// <summary>The files of a picture to start from, and of the mask that says where it may change.</summary>
/// <param name="Picture">PNG, JPEG or WebP.</param>
/// <param name="Mask">Of the same size, light where the picture is drawn anew; null for all of it.</param>
internal sealed record StartFiles(string Picture, string? Mask)
{
    /// <exception cref="ToolException">A file is not there, or is no picture to start from.</exception>
    public StartPicture Read()
    {
        try
        {
            return StartPicture.Read(PictureBytes.Of(Picture), Mask is null ? [] : PictureBytes.Of(Mask), Picture, Mask ?? "");
        }
        catch (PictureFileException error)
        {
            throw new ToolException(error.Message, error);
        }
    }
}
