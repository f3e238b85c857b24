using RenderFarm.Cli.Errors;
using RenderFarm.Diffusion.Pictures;
using RenderFarm.Diffusion.References;

namespace RenderFarm.Cli.Requests;

/// <summary>The file of a picture to look at.</summary>
/// <param name="Path">PNG, JPEG or WebP.</param>
internal sealed record ReferenceFile(string Path)
{
    /// <exception cref="ToolException">The file is not there, or is no picture that can be used.</exception>
    public ReferencePicture Read()
    {
        try
        {
            return ReferencePicture.Read(PictureBytes.Of(Path), Path);
        }
        catch (PictureFileException error)
        {
            throw new ToolException(error.Message, error);
        }
    }
}
