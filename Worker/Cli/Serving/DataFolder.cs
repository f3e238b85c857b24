using RenderFarm.Cli.Errors;

namespace RenderFarm.Cli.Serving;

/// <summary>Where a standalone farm keeps what must outlive it.</summary>
internal static class DataFolder
{
    /// <summary>The folder, made where it is missing.</summary>
    /// <param name="path">As the user gave it; null for the user's own folder for programs' data.</param>
    public static string Open(string? path)
    {
        var full = Path.GetFullPath(path ?? Default());
        try
        {
            Directory.CreateDirectory(full);
            return full;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new ToolException($"The data folder '{full}' cannot be made ({error.Message.TrimEnd('.')}); name another with --data.", error);
        }
    }

    private static string Default() =>
        Environment.GetFolderPath(Environment.SpecialFolder.LocalApplicationData, Environment.SpecialFolderOption.DoNotVerify) is { Length: > 0 } home
            ? Path.Combine(home, "renderfarm")
            : throw new ToolException("There is no folder for programs' data (HOME is not set); name one with --data.");
}
