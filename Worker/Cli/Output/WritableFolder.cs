using RenderFarm.Cli.Errors;

namespace RenderFarm.Cli.Output;

/// <summary>Folders that a command is told to write into.</summary>
internal static class WritableFolder
{
    /// <summary>Makes the folder where it is missing and proves that files can be written there, before anything costly begins.</summary>
    /// <param name="path">As the user gave it.</param>
    /// <param name="name">What it is to the command, such as "output folder".</param>
    /// <param name="option">The option that names it.</param>
    /// <returns>Its absolute path.</returns>
    /// <exception cref="ToolException">They cannot.</exception>
    public static string Open(string path, string name, string option)
    {
        try
        {
            var full = Path.GetFullPath(path);
            Directory.CreateDirectory(full);
            var probe = Path.Combine(full, $".renderfarm-{Guid.NewGuid():n}");
            using (File.Create(probe, 1, FileOptions.DeleteOnClose)) { }
            return full;
        }
        // ArgumentException: an empty name, or one with a zero in it.
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or NotSupportedException or ArgumentException)
        {
            throw new ToolException($"The {name} '{path}' cannot be written to ({error.Message.TrimEnd('.')}); name another with {option}.", error);
        }
    }
}
