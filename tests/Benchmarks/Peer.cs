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

    /// <summary>A script of these benchmarks, in Peers beside them.</summary>
    public static string Own(string script) => Path.Combine(AppContext.BaseDirectory, "Peers", script);

    /// <summary>A script beside the interpreter; a script with its path is itself.</summary>
    public string PathOf(string script) => Path.Combine(Path.GetDirectoryName(_python)!, script);

    /// <summary>What a script writes to standard output.</summary>
    /// <param name="script">As <see cref="PathOf"/> takes it.</param>
    /// <param name="arguments">The script's.</param>
    public string Run(string script, IEnumerable<string> arguments)
    {
        var start = new ProcessStartInfo(_python, [PathOf(script), .. arguments]) { RedirectStandardOutput = true, RedirectStandardError = true };
        using var process = Process.Start(start) ?? throw new InvalidOperationException($"{_python} did not start.");
        var errors = process.StandardError.ReadToEndAsync();
        var output = process.StandardOutput.ReadToEnd().Trim();
        process.WaitForExit();
        return process.ExitCode == 0 ? output : throw new InvalidOperationException($"{script} ended with {process.ExitCode}: {errors.GetAwaiter().GetResult()}");
    }
}
