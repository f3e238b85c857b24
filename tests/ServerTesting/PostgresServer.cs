using System.Diagnostics;
using System.Globalization;
using Npgsql;
using RenderFarm.Testing;
using Xunit;

namespace RenderFarm.ServerTesting;

/// <summary>
/// A PostgreSQL for the tests: the one that RENDERFARM_POSTGRES names by a connection string, else one started from Debian's binaries on a
/// free loopback port with temporary data, gone with the process. See <see cref="MissingService"/> for what happens without either.
/// </summary>
public static class PostgresServer
{
    private static readonly Lazy<Task<(string Connection, string? Folder)?>> Server = new(StartAsync);
    private static int _databases;

    /// <summary>Connection string of a new, empty database.</summary>
    public static async Task<string> CreateDatabaseAsync()
    {
        var server = (await SharedAsync()).Connection;
        var name = $"farm_{Environment.ProcessId}_{Interlocked.Increment(ref _databases)}";
        await using var source = NpgsqlDataSource.Create(server);
        await using var command = source.CreateCommand($"create database {name}");
        await command.ExecuteNonQueryAsync();
        return new NpgsqlConnectionStringBuilder(server) { Database = name, MaxPoolSize = 20 }.ToString();
    }

    /// <summary>kill -9, and a start on the same data. Skips the test where the server is not ours.</summary>
    public static async Task RestartAsync()
    {
        var (connection, folder) = await SharedAsync();
        Assert.SkipWhen(folder is null, "RENDERFARM_POSTGRES names a server that the tests did not start and must not stop.");
        using (var server = Process.GetProcessById(int.Parse((await File.ReadAllLinesAsync(Path.Combine(folder!, "data", "postmaster.pid")))[0], CultureInfo.InvariantCulture)))
        {
            server.Kill();
            await server.WaitForExitAsync();
        }

        NpgsqlConnection.ClearAllPools();
        await ReadyAsync(connection, () => false, folder!);
    }

    private static async Task<(string Connection, string? Folder)> SharedAsync()
    {
        var server = await Server.Value;
        if (server is null) MissingService.End("There is no PostgreSQL: set RENDERFARM_POSTGRES, or install postgresql (and util-linux for setpriv when root).");
        return server.Value;
    }

    private static async Task<(string Connection, string? Folder)?> StartAsync()
    {
        if (Environment.GetEnvironmentVariable("RENDERFARM_POSTGRES") is { Length: > 0 } given)
            return (given, null);
        if (!Directory.Exists("/usr/lib/postgresql"))
            return null;
        var bin = Path.Combine(Directory.GetDirectories("/usr/lib/postgresql").Order().Last(), "bin");
        if (!File.Exists(Path.Combine(bin, "postgres")))
            return null;
        var folder = Directory.CreateTempSubdirectory("renderfarm-pg-").FullName;
        var port = ServerProcess.FreePort();
        // PostgreSQL refuses to run as root; what runs it ends with this process, because it watches our end of its input. It comes up again
        // after a kill -9, as often as that takes: its orphaned children hold its memory for a moment.
        var begin = $"""
            set -e
            run=""
            if [ "$(id -u)" = 0 ]; then chown postgres '{folder}'; run="setpriv --reuid=postgres --regid=postgres --clear-groups"; fi
            cd '{folder}'
            $run '{bin}/initdb' -D data -A trust -U farm -E UTF8 --locale=C -N >log 2>&1
            ( until $run '{bin}/postgres' -D data -p {port} -k '{folder}' -c listen_addresses=127.0.0.1 -c fsync=off >>log 2>&1; do sleep 0.2; done ) 2>/dev/null &
            keeper=$!
            """;
        var process = ServerProcess.Start(begin, $$"""
            kill $keeper || true
            server=$(head -n 1 data/postmaster.pid 2>/dev/null || true)
            if [ -n "$server" ]; then kill -INT $server || true; while kill -0 $server 2>/dev/null; do sleep 0.1; done; fi
            rm -rf '{{folder}}'
            """);
        AppDomain.CurrentDomain.ProcessExit += (_, _) => process.StandardInput.Close();
        var connection = $"Host=127.0.0.1;Port={port};Username=farm;Database=postgres";
        await ReadyAsync(connection, () => process.HasExited, folder);
        return (connection, folder);
    }

    private static async Task ReadyAsync(string server, Func<bool> hasEnded, string folder)
    {
        for (var tries = 0; ; tries++)
        {
            try
            {
                await using var source = NpgsqlDataSource.Create(server);
                await using var connection = await source.OpenConnectionAsync();
                return;
            }
            catch (NpgsqlException) when (!hasEnded() && tries < 600)
            {
                await Task.Delay(100);
            }
            catch (NpgsqlException e)
            {
                throw new InvalidOperationException($"PostgreSQL did not start: {await File.ReadAllTextAsync(Path.Combine(folder, "log"))}", e);
            }
        }
    }
}
