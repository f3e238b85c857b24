using System.Diagnostics;

namespace RenderFarm.Benchmarks;

/// <summary>The Python that has diffusers, and the scripts beside it.</summary>
internal sealed class Peer
{
    private const string Variable = "PEER_PYTHON";

    private readonly string _python;

    private Peer(string python) => _python = python;

    /// <exception cref="ArgumentException">The environment names none.</exception>
    public static Peer FromEnvironment() =>
        Environment.GetEnvironmentVariable(Variable) is { Length: > 0 } python ? new Peer(python) : throw new ArgumentException($"{Variable} is not set; set it to a Python with diffusers.");

    /// <summary>What a script beside the interpreter writes to standard output.</summary>
    public string Run(string script, IEnumerable<string> arguments)
    {
        var start = new ProcessStartInfo(_python, [Path.Combine(Path.GetDirectoryName(_python)!, script), .. arguments]) { RedirectStandardOutput = true, RedirectStandardError = true };
        using var process = Process.Start(start) ?? throw new InvalidOperationException($"{_python} did not start.");
        var errors = process.StandardError.ReadToEndAsync();
        var output = process.StandardOutput.ReadToEnd().Trim();
        process.WaitForExit();
        return process.ExitCode == 0 ? output : throw new InvalidOperationException($"{script} ended with {process.ExitCode}: {errors.GetAwaiter().GetResult()}");
    }
}
