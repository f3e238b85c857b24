using System.Diagnostics;
using System.Text;
using System.Text.RegularExpressions;
using Xunit;

namespace RenderFarm.EndToEnd.Tests;

/// <summary>The built tool, or another of the farm's programs, run as a user runs it.</summary>
internal sealed partial class ToolProcess : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(8);

    private readonly Process _process;
    private readonly StringBuilder _output = new();
    private readonly StringBuilder _error = new();
    private readonly List<(string Text, TaskCompletionSource Said)> _awaited = [];
    private readonly TaskCompletionSource<string> _listening = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private ToolProcess(string program, IReadOnlyList<string> arguments, string workingFolder, IReadOnlyDictionary<string, string>? environment = null)
    {
        var executable = Path.Combine(AppContext.BaseDirectory, OperatingSystem.IsWindows() ? program + ".exe" : program);
        var start = new ProcessStartInfo(executable, arguments)
        {
            WorkingDirectory = workingFolder, RedirectStandardOutput = true, RedirectStandardError = true, StandardOutputEncoding = Encoding.UTF8,
        };
        foreach (var (name, value) in environment ?? new Dictionary<string, string>())
            start.Environment[name] = value;
        _process = new Process { StartInfo = start, EnableRaisingEvents = true };
        _process.OutputDataReceived += (_, line) => Take(_output, line.Data);
        _process.ErrorDataReceived += (_, line) => Take(_error, line.Data);
        _process.Exited += (_, _) => _listening.TrySetException(new InvalidOperationException($"The tool ended with {_process.ExitCode}: {Error}"));
        _process.Start();
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
    }

    public string Output => Text(_output);

    public string Error => Text(_error);

    public int ExitCode => _process.ExitCode;

    public int Id => _process.Id;

    public bool HasExited => _process.HasExited;

    public static ToolProcess Start(string workingFolder, params string[] arguments) => new("renderfarm", arguments, workingFolder);

    /// <summary>Starts one of the programs of the distributed farm.</summary>
    public static ToolProcess Start(string program, string workingFolder, IReadOnlyDictionary<string, string> environment, params string[] arguments) =>
        new(program, arguments, workingFolder, environment);

    /// <summary>Runs to the end.</summary>
    public static async Task<ToolProcess> RunAsync(string workingFolder, params string[] arguments)
    {
        var tool = Start(workingFolder, arguments);
        await tool.WaitAsync();
        return tool;
    }

    public async Task WaitAsync()
    {
        using var patience = new CancellationTokenSource(Patience);
        await _process.WaitForExitAsync(patience.Token);
    }

    /// <summary>The address that a farm says it listens at.</summary>
    public async Task<Uri> AddressAsync() => new(await _listening.Task.WaitAsync(Patience));

    /// <summary>Waits until the output has this.</summary>
    public async Task SaysAsync(string text)
    {
        var said = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        lock (_output)
        {
            if (_output.ToString().Contains(text, StringComparison.Ordinal)) return;
            _awaited.Add((text, said));
        }
        await said.Task.WaitAsync(Patience);
    }

    /// <summary>kill -9.</summary>
    public async Task KillAsync()
    {
        _process.Kill();
        await WaitAsync();
    }

    /// <summary>Sends a signal and waits for the end.</summary>
    public async Task SignalAsync(string signal)
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows has no signals to send.");
        using var kill = Process.Start("kill", [$"-{signal}", $"{Id}"]);
        await kill.WaitForExitAsync(TestContext.Current.CancellationToken);
        await WaitAsync();
    }

    public void Dispose()
    {
        if (!_process.HasExited) _process.Kill();
        _process.WaitForExit();
        _process.Dispose();
        // A farm that never listened is told of by its exit code; nobody may wait for the address.
        _ = _listening.Task.Exception;
    }

    private void Take(StringBuilder text, string? line)
    {
        if (line is null) return;
        lock (text)
        {
            text.AppendLine(line);
            if (text == _output) _awaited.Where(wait => line.Contains(wait.Text, StringComparison.Ordinal)).ToList().ForEach(wait => wait.Said.TrySetResult());
        }
        if (Listening().Match(line) is { Success: true } match) _listening.TrySetResult(match.Groups[1].Value);
    }

    private static string Text(StringBuilder text)
    {
        lock (text) return text.ToString();
    }

    /// <summary>The tool says where it listens in a sentence of its own, the other programs in a line of their logs.</summary>
    [GeneratedRegex(@"(?:listens at |Now listening on: )([^\s""]+)")]
    private static partial Regex Listening();
}
