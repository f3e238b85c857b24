using System.Text;
using RenderFarm.Diffusion.Files;

namespace RenderFarm.Training;

/// <summary>Text files in UTF-8 that are there whole or not at all.</summary>
internal static class TextFile
{
    /// <summary>Replaces the file, or leaves it as it was where that fails.</summary>
    public static void Write(string path, string text) => AtomicFile.Write(path, stream => stream.Write(Encoding.UTF8.GetBytes(text)));
}
