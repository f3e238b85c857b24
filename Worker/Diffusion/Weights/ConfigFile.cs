namespace RenderFarm.Diffusion.Weights;

/// <summary>Reads the small JSON files that describe networks, schedulers and cascades.</summary>
internal static class ConfigFile
{
    /// <summary>Longest file that is read, in bytes; real ones have a few thousand.</summary>
    public const int LongestFile = 1 << 20;

    /// <summary>The file's text, in UTF-8; a byte order mark is left out.</summary>
    /// <exception cref="InvalidDataException">The file is too long to be a configuration.</exception>
    /// <exception cref="FileNotFoundException">There is none; nor may its folder be there.</exception>
    public static string Read(string path)
    {
        var length = new FileInfo(path) is { Exists: true } file ? file.Length : 0;
        if (length > LongestFile)
            throw new InvalidDataException($"'{path}' has {length} bytes; expected is a configuration of at most {LongestFile}. Is it another file under this name?");
        return File.ReadAllText(path);
    }
}
