using System.Diagnostics;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using RenderFarm.FarmTesting;
using RenderFarm.Persistence.Models;
using RenderFarm.Testing;

namespace RenderFarm.Benchmarks.Farms;

/// <summary>Seconds until one call's jobs are accepted, in turns with what psql's \copy takes for the same rows into the same table.</summary>
internal sealed class IntakeBenchmark : Benchmark
{
    private const string Columns =
        "id, batch_id, lane, position, tenant, custom_id, model, priority, prompt, negative_prompt, seed, settings, compatibility, state, epoch, attempts, postponed, created_at";

    public override string Name => "intake";

    public override string Usage => "JOBS ROUNDS";

    public override void Run(string[] arguments, TextWriter output)
    {
        if (arguments.Length != 2) throw new ArgumentException("JOBS and ROUNDS are expected.");
        RunAsync(Count("JOBS", arguments[0]), Count("ROUNDS", arguments[1]), output).GetAwaiter().GetResult();
    }

    private static async Task RunAsync(int jobs, int rounds, TextWriter output)
    {
        using var folder = new TemporaryFolder();
        var connection = await Servers.DatabaseAsync().ConfigureAwait(false);
        var farm = await FarmHost.StartAsync(folder.Path, [], await Servers.SettingsAsync(connection).ConfigureAwait(false)).ConfigureAwait(false);
        await using var _ = farm.ConfigureAwait(false);
        // So that jobs of the model are accepted; no worker takes any.
        await farm.Services.GetRequiredService<ModelCatalogue>().RegisterAsync(TestRenderer.Describe("test"), "nobody", CancellationToken.None).ConfigureAwait(false);
        // PostgreSQL does not run as whoever runs this, but psql does.
        var rows = folder.File("rows");
        for (var round = 0; round < rounds; round++)
        {
            var (batch, took) = await Servers.SubmitAsync(farm, jobs).ConfigureAwait(false);
            await PsqlAsync(connection, $"\\copy (select {Columns} from jobs where batch_id = '{batch.Id}') to '{rows}'").ConfigureAwait(false);
            await EmptyAsync(connection).ConfigureAwait(false);
            var copied = await PsqlAsync(connection, $"\\copy jobs ({Columns}) from '{rows}'").ConfigureAwait(false);
            await EmptyAsync(connection).ConfigureAwait(false);
            output.WriteLine($"accepted {jobs} jobs in {took.TotalSeconds:F2} s; psql copies their rows in {copied.TotalSeconds:F2} s: {took / copied:F2} times as long");
        }
    }

    private static async Task EmptyAsync(string connection)
    {
        await Servers.ExecuteAsync(connection, "delete from jobs").ConfigureAwait(false);
        await Servers.ExecuteAsync(connection, "vacuum full jobs").ConfigureAwait(false);
    }

    private static async Task<TimeSpan> PsqlAsync(string connection, string command)
    {
        var server = new NpgsqlConnectionStringBuilder(connection);
        var start = new ProcessStartInfo("psql", ["-X", "-q", "-v", "ON_ERROR_STOP=1", "-h", server.Host!, "-p", $"{server.Port}", "-U", server.Username!, "-d", server.Database!, "-c", command]);
        var since = Stopwatch.GetTimestamp();
        using var psql = Process.Start(start)!;
        await psql.WaitForExitAsync().ConfigureAwait(false);
        return psql.ExitCode == 0 ? Stopwatch.GetElapsedTime(since) : throw new InvalidOperationException($"psql ended with {psql.ExitCode}.");
    }
}
