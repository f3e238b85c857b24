using System.Diagnostics;
using RabbitMQ.Client;
using RabbitMQ.Client.Exceptions;
using RenderFarm.Testing;
using Xunit;

namespace RenderFarm.ServerTesting;

/// <summary>
/// A RabbitMQ for the tests: the one that RENDERFARM_RABBITMQ names by its amqp address, on which they delete a farm's queues, else one started with temporary
/// data on free loopback ports, from ../shared/bin/rabbitmq4 beside the checkout or Debian's package (RENDERFARM_RABBITMQ_VERSION 4 or 3 allows only the one or
/// the other), gone with the process. See <see cref="MissingService"/> for what happens without any.
/// </summary>
public sealed class RabbitMqServer
{
    private const string Debian = "/usr/lib/rabbitmq/bin/rabbitmq-server";
    private const string Version = "RENDERFARM_RABBITMQ_VERSION";
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(3);
    private static readonly Lazy<Task<RabbitMqServer?>> Server = new(StartAsync);
    private readonly string? _launch;
    private readonly string? _pidFile;

    private RabbitMqServer(Uri address, string? launch = null, string? pidFile = null) => (Address, _launch, _pidFile) = (address, launch, pidFile);

    public Uri Address { get; }

    /// <summary>The server that all tests of this process share.</summary>
    public static async Task<RabbitMqServer> SharedAsync()
    {
        var server = await Server.Value;
        if (server is null) MissingService.End("There is no RabbitMQ: set RENDERFARM_RABBITMQ, or install rabbitmq-server.");
        return server;
    }

    /// <summary>kill -9, and a start on the same data. Skips the test where the server is not ours.</summary>
    public async Task RestartAsync()
    {
        Assert.SkipWhen(_launch is null, "RENDERFARM_RABBITMQ names a server that the tests did not start and must not stop.");
        using (var broker = Process.GetProcessById(int.Parse(await File.ReadAllTextAsync(_pidFile!), System.Globalization.CultureInfo.InvariantCulture)))
        {
            broker.Kill();
            await broker.WaitForExitAsync();
        }

        using var again = Process.Start("bash", ["-c", $"{_launch} >/dev/null 2>&1 </dev/null &"]);
        await ReadyAsync(null);
    }

    /// <summary>A connection of the test's own, to look behind the farm's back.</summary>
    public Task<IConnection> ConnectAsync() => new ConnectionFactory { Uri = Address }.CreateConnectionAsync();

    private static async Task<RabbitMqServer?> StartAsync()
    {
        if (Environment.GetEnvironmentVariable("RENDERFARM_RABBITMQ") is { Length: > 0 } given)
            return new(new(given));
        // Erlang's name service listens 10,000 and its distribution 20,000 above.
        var port = ServerProcess.FreePort(10_000, 12_000, 0, 10_000, 20_000);
        var version = Environment.GetEnvironmentVariable(Version);
        var found = (version == "3" ? null : await ScriptAsync(port)) ?? (version == "4" ? null : DebianPackage(port));
        if (found is not var (launch, home))
            return null;
        var server = new RabbitMqServer(new($"amqp://guest:guest@127.0.0.1:{port}/"), launch, Path.Combine(home, "pid"));
        // Killed whichever of its lives it is in; the name service is asked to go by the message of its protocol for that.
        var process = ServerProcess.Start($"{launch} >'{home}/output' 2>&1 </dev/null &", $"""
            kill -9 $(cat '{home}/pid')
            while (exec 3<>/dev/tcp/127.0.0.1/{port + 10_000} && printf '\0\1k' >&3 && cat <&3) >/dev/null 2>&1; do sleep 0.1; done
            rm -rf '{home}'
            """);
        AppDomain.CurrentDomain.ProcessExit += (_, _) => process.StandardInput.Close();
        await server.ReadyAsync(Path.Combine(home, "output"));
        return server;
    }

    /// <summary>How to start the script's server, and its folder; asking for that installs the server where it was not done before.</summary>
    private static async Task<(string Launch, string Home)?> ScriptAsync(int port)
    {
        var script = Path.GetFullPath(Path.Combine(Repository.Root, "..", "shared", "bin", "rabbitmq4"));
        if (!File.Exists(script))
            return null;
        using var ask = Process.Start(new ProcessStartInfo(script, ["conf", $"{port}"]) { RedirectStandardOutput = true })!;
        var configuration = await ask.StandardOutput.ReadToEndAsync();
        await ask.WaitForExitAsync();
        return ask.ExitCode == 0 ? ($"'{script}' server {port}", Path.GetDirectoryName(configuration.Trim())!) : null;
    }

    private static (string Launch, string Home)? DebianPackage(int port)
    {
        if (!File.Exists(Debian))
            return null;
        var home = Directory.CreateTempSubdirectory("renderfarm-rabbitmq-").FullName;
        var settings = new Dictionary<string, string>
        {
            ["HOME"] = home, ["LANG"] = "C.UTF-8", ["RABBITMQ_NODENAME"] = $"rabbit{port}@localhost", ["RABBITMQ_NODE_IP_ADDRESS"] = "127.0.0.1", ["RABBITMQ_NODE_PORT"] = $"{port}",
            ["RABBITMQ_MNESIA_BASE"] = $"{home}/data", ["RABBITMQ_LOG_BASE"] = $"{home}/log", ["RABBITMQ_ENABLED_PLUGINS_FILE"] = $"{home}/plugins",
            ["RABBITMQ_PID_FILE"] = $"{home}/pid", ["RABBITMQ_DIST_PORT"] = $"{port + 20_000}", ["ERL_EPMD_PORT"] = $"{port + 10_000}", ["ERL_EPMD_ADDRESS"] = "127.0.0.1",
        };
        return ($"env {string.Join(' ', settings.Select(setting => $"{setting.Key}='{setting.Value}'"))} {Debian}", home);
    }

    private async Task ReadyAsync(string? output)
    {
        var began = TimeProvider.System.GetTimestamp();
        for (; ; )
        {
            try
            {
                await using var connection = await ConnectAsync();
                return;
            }
            catch (BrokerUnreachableException) when (TimeProvider.System.GetElapsedTime(began) < Patience)
            {
                await Task.Delay(200);
            }
            catch (BrokerUnreachableException e)
            {
                throw new InvalidOperationException($"RabbitMQ did not start: {(output is null ? "" : await File.ReadAllTextAsync(output))}", e);
            }
        }
    }
}
