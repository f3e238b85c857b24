using System.Diagnostics;
using Xunit;

namespace RenderFarm.Testing;

/// <summary>Python with diffusers and transformers, to run them beside ours: the executable that PEER_PYTHON names.</summary>
public static class Peer
{
    /// <summary>Runs a script that stands in the test's code and returns what it printed; skips the running test where there is no peer.</summary>
    /// <param name="script">Python source.</param>
    /// <param name="arguments">Seen by the script as sys.argv[1:].</param>
    public static string Run(string script, params string[] arguments)
    {
        var python = Environment.GetEnvironmentVariable("PEER_PYTHON");
        Assert.SkipWhen(string.IsNullOrEmpty(python), "PEER_PYTHON is not set; it names the Python that has diffusers.");
        var start = new ProcessStartInfo(python!, ["-c", script, .. arguments]) { RedirectStandardOutput = true, RedirectStandardError = true };
        using var process = Process.Start(start) ?? throw new InvalidOperationException($"'{python}' did not start.");
        var errors = process.StandardError.ReadToEndAsync();
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        Assert.True(process.ExitCode == 0, $"The peer ended with {process.ExitCode}: {errors.GetAwaiter().GetResult()}");
        return output;
    }
}
