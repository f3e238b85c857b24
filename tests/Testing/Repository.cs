using System.Diagnostics;
using System.Runtime.CompilerServices;

namespace RenderFarm.Testing;

/// <summary>The checkout that the running test was built from.</summary>
public static class Repository
{
    /// <summary>Absolute path of the checkout's top folder.</summary>
    public static string Root { get; } = Find();

    /// <summary>Lines that a git command prints in the checkout.</summary>
    public static string[] Git(string arguments)
    {
        var start = new ProcessStartInfo("git", arguments) { WorkingDirectory = Root, RedirectStandardOutput = true };
        using var git = Process.Start(start) ?? throw new InvalidOperationException("git did not start; install it.");
        var output = git.StandardOutput.ReadToEnd();
        git.WaitForExit();
        return output.Split('\n', StringSplitOptions.RemoveEmptyEntries);
    }

    private static string Find([CallerFilePath] string here = "") =>
        Path.GetFullPath(Path.Combine(Path.GetDirectoryName(here)!, "..", ".."));
}
