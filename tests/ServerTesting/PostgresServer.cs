using System.Diagnostics;
using Npgsql;
using RenderFarm.Testing;

namespace RenderFarm.ServerTesting;

/// <summary>
/// A PostgreSQL for the tests: the one that RENDERFARM_POSTGRES names by a connection string, else one started from Debian's binaries on a
/// free loopback port with temporary data, gone with the process. See <see cref="MissingService"/> for what happens without either.
/// </summary>
public static class PostgresServer
{
    private static readonly Lazy<Task<string?>> Server = new(StartAsync);
    private static int _databases;

    /// <summary>Connection string of a new, empty database.</summary>
    public static async Task<string> CreateDatabaseAsync()
    {
        var server = await Server.Value;
        if (server is null) MissingService.End("There is no PostgreSQL: set RENDERFARM_POSTGRES, or install postgresql (and util-linux for setpriv when root).");
        var name = $"farm_{Environment.ProcessId}_{Interlocked.Increment(ref _databases)}";
        await using var source = NpgsqlDataSource.Create(server);
        await using var command = source.CreateCommand($"create database {name}");
        await command.ExecuteNonQueryAsync();
        return new NpgsqlConnectionStringBuilder(server) { Database = name, MaxPoolSize = 20 }.ToString();
    }

    private static async Task<string?> StartAsync()
    {
        if (Environment.GetEnvironmentVariable("RENDERFARM_POSTGRES") is { Length: > 0 } given)
            return given;
        if (!Directory.Exists("/usr/lib/postgresql"))
            return null;
        var bin = Path.Combine(Directory.GetDirectories("/usr/lib/postgresql").Order().Last(), "bin");
        if (!File.Exists(Path.Combine(bin, "postgres")))
            return null;
        var folder = Directory.CreateTempSubdirectory("renderfarm-pg-").FullName;
        var port = ServerProcess.FreePort();
        // PostgreSQL refuses to run as root; what runs it ends with this process, because it watches our end of its input.
        var begin = $"""
            set -e
            run=""
            if [ "$(id -u)" = 0 ]; then chown postgres '{folder}'; run="setpriv --reuid=postgres --regid=postgres --clear-groups"; fi
            cd '{folder}'
            $run '{bin}/initdb' -D data -A trust -U farm -E UTF8 --locale=C -N >log 2>&1
            $run '{bin}/postgres' -D data -p {port} -k '{folder}' -c listen_addresses=127.0.0.1 -c fsync=off >>log 2>&1 &
            server=$!
            """;
        var process = ServerProcess.Start(begin, $"kill -INT $server; wait $server || true; rm -rf '{folder}'");
        AppDomain.CurrentDomain.ProcessExit += (_, _) => process.StandardInput.Close();
        return await ReadyAsync($"Host=127.0.0.1;Port={port};Username=farm;Database=postgres", process, folder);
    }

    private static async Task<string> ReadyAsync(string server, Process process, string folder)
    {
        for (var tries = 0; ; tries++)
        {
            try
            {
                await using var source = NpgsqlDataSource.Create(server);
                await using var connection = await source.OpenConnectionAsync();
                return server;
            }
            catch (NpgsqlException) when (!process.HasExited && tries < 200)
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
