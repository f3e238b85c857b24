using System.Diagnostics;
using System.Globalization;
using RenderFarm.ServerTesting;

namespace RenderFarm.Chaos.Farms;

/// <summary>
/// An Api or a worker, with its own links to the servers. It is started again whenever it ended without being told to, as an orchestrator would; the
/// operating system ends it with this process, however that ends.
/// </summary>
internal sealed class FarmProcess(string name, string program, string folder, IReadOnlyDictionary<string, string> settings, ProcessLinks links, TimeProvider time) : IDisposable
{
    private readonly SemaphoreSlim _turn = new(1);
    private Process? _keeper;
    private int _id;
    private int _lives;

    public string Name => name;

    public bool IsWorker => program != "RenderFarm.Api";

    public ProcessLinks Links => links;

    /// <summary>Where it answers.</summary>
    public Uri Address { get; } = new($"http://127.0.0.1:{ServerProcess.FreePort()}/");

    /// <summary>Name in leases, another in each life.</summary>
    public string WorkerName => $"{name}.{_lives}";

    /// <summary>Lives that ended though nobody ended them.</summary>
    public int OwnEnds { get; private set; }

    /// <summary>When each life and each pause of it ended or began, for telling what a worker was doing at a time.</summary>
    public List<(string Worker, DateTimeOffset At)> Halts { get; } = [];

    public int Id => _id;

    private bool HasEnded => _keeper is { HasExited: true };

    public Task StartAsync() => InTurnAsync(BeginAsync);

    /// <summary>kill -9; it stays down until it is started.</summary>
    public Task KillAsync() => InTurnAsync(async () =>
    {
        Halts.Add((WorkerName, time.GetUtcNow()));
        await EndAsync();
    });

    /// <summary>Ends its being down.</summary>
    public Task StartUnlessRunningAsync() => InTurnAsync(() => _id == 0 ? BeginAsync() : Task.CompletedTask);

    /// <summary>SIGTERM, and the exit code.</summary>
    public async Task<int> StopAsync()
    {
        await _turn.WaitAsync();
        try
        {
            await SignalAsync("TERM");
            await _keeper!.WaitForExitAsync();
            return _keeper.ExitCode;
        }
        finally
        {
            _id = 0;
            _turn.Release();
        }
    }

    public Task FreezeAsync() => InTurnAsync(async () =>
    {
        Halts.Add((WorkerName, time.GetUtcNow()));
        await SignalAsync("STOP");
    });

    public Task ThawAsync() => InTurnAsync(() => SignalAsync("CONT"));

    /// <summary>Starts it again where it ended by itself.</summary>
    public Task ReviveAsync() => InTurnAsync(async () =>
    {
        if (_id == 0 || !HasEnded)
            return;
        OwnEnds++;
        await EndAsync();
        await BeginAsync();
    });

    /// <summary>Resident memory in MiB; null while it does not run.</summary>
    public int? Memory()
    {
        try
        {
            var line = File.ReadLines($"/proc/{_id}/status").FirstOrDefault(line => line.StartsWith("VmRSS:", StringComparison.Ordinal));
            return line is null ? null : int.Parse(line.AsSpan(6, line.Length - 6 - 2), NumberStyles.Integer, CultureInfo.InvariantCulture) / 1024;
        }
        catch (IOException)
        {
            return null;
        }
    }

    /// <summary>What all its lives logged.</summary>
    public string Log => string.Concat(Directory.GetFiles(folder, $"{name}.*.log").Order(StringComparer.Ordinal).Select(Read));

    public void Dispose()
    {
        _keeper?.StandardInput.Close();
        _keeper?.WaitForExit();
        _keeper?.Dispose();
        links.Dispose();
        _turn.Dispose();
    }

    private async Task BeginAsync()
    {
        _lives++;
        var executable = Path.Combine(AppContext.BaseDirectory, program);
        // Its keeper waits for it and for the end of our input, whichever comes first.
        var start = new ProcessStartInfo("bash", ["-c", $$"""
            exec 3<&0 2>/dev/null
            '{{executable}}' --urls '{{Address}}' >'{{folder}}/{{WorkerName}}.log' 2>&1 </dev/null 3<&- &
            farm=$!
            echo $farm
            cat <&3 >/dev/null &
            watch=$!
            wait -n $farm $watch
            code=$?
            if kill $watch 2>/dev/null; then exit $code; fi
            kill -9 $farm
            wait $farm
            """])
        {
            RedirectStandardInput = true, RedirectStandardOutput = true, WorkingDirectory = folder,
        };
        foreach (var (setting, value) in settings.Concat(links.Settings).Append(new("Worker__Name", WorkerName)))
            start.Environment[setting] = value;
        _keeper?.Dispose();
        _keeper = Process.Start(start)!;
        _id = int.Parse((await _keeper.StandardOutput.ReadLineAsync())!, CultureInfo.InvariantCulture);
    }

    private async Task EndAsync()
    {
        _id = 0;
        _keeper!.StandardInput.Close();
        await _keeper.WaitForExitAsync();
    }

    private async Task SignalAsync(string signal)
    {
        if (_id == 0)
            return;
        using var kill = Process.Start(new ProcessStartInfo("kill", [$"-{signal}", $"{_id}"]) { RedirectStandardError = true })!;
        await kill.WaitForExitAsync();
    }

    private async Task InTurnAsync(Func<Task> work)
    {
        await _turn.WaitAsync();
        try
        {
            await work();
        }
        finally
        {
            _turn.Release();
        }
    }

    private static string Read(string file)
    {
        using var stream = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd();
    }
}
