using RenderFarm.Cli.Errors;
using RenderFarm.Diffusion.Pictures;

namespace RenderFarm.Cli.Requests;

/// <summary>The bytes of picture files that a user names.</summary>
internal static class PictureBytes
{
    /// <exception cref="ToolException">The file is not there, empty or too large.</exception>
    public static byte[] Of(string path)
    {
        if (!File.Exists(path)) throw new ToolException($"There is no file '{path}'; expected is a picture: PNG, JPEG or WebP.");
        var length = new FileInfo(path).Length;
        if (length == 0) throw new ToolException($"'{path}' is empty; expected is a picture: PNG, JPEG or WebP.");
        if (length > PictureFile.LargestFile) throw new ToolException($"'{path}' has {length:N0} bytes; expected are at most {PictureFile.LargestFile:N0}. Make it smaller.");
        return File.ReadAllBytes(path);
    }
}
