using System.Diagnostics;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text;
using Npgsql;
using RenderFarm.Contracts.Batches;
using RenderFarm.FarmTesting;
using RenderFarm.Persistence;
using RenderFarm.ServerTesting;

namespace RenderFarm.Benchmarks.Farms;

/// <summary>A farm on real servers that the benchmark starts; PostgreSQL runs there without fsync.</summary>
internal static class Servers
{
    /// <summary>A new database with the farm's tables.</summary>
    public static async Task<string> DatabaseAsync()
    {
        var connection = await PostgresServer.CreateDatabaseAsync().ConfigureAwait(false);
        using var database = Open(connection);
        await database.MigrateAsync(CancellationToken.None).ConfigureAwait(false);
        return connection;
    }

    public static FarmDatabase Open(string connection) =>
        new(Microsoft.Extensions.Options.Options.Create(new PersistenceOptions { Provider = "postgres", ConnectionString = connection }), TimeProvider.System);

    /// <summary>What a farm must be told to use database and broker, with the product's own times instead of the tests'.</summary>
    public static async Task<Dictionary<string, string?>> SettingsAsync(string connection) => new()
    {
        ["Messaging:Transport"] = "rabbitmq", ["Messaging:Address"] = (await RabbitMqServer.SharedAsync().ConfigureAwait(false)).Address.ToString(),
        ["Database:Provider"] = "postgres", ["Database:ConnectionString"] = connection, ["Database:RetryDelay"] = "00:00:01",
        ["Dispatch:IdleInterval"] = "00:00:00.500", ["Dispatch:BusyInterval"] = "00:00:00.050",
        ["Worker:Heartbeat"] = "00:00:01", ["Worker:CompanyWait"] = "00:00:00.050", ["Worker:DrainTimeout"] = "00:00:10", ["Worker:DeliveryDelay"] = "00:00:00.250",
    };

    /// <summary>Submits so many jobs in one call; the time is that until the answer.</summary>
    public static async Task<(BatchStatus Batch, TimeSpan Took)> SubmitAsync(FarmHost farm, int jobs)
    {
        using var content = new ByteArrayContent(Lines(jobs));
        content.Headers.ContentType = new MediaTypeHeaderValue("application/x-ndjson");
        var since = Stopwatch.GetTimestamp();
        using var answer = await farm.Client.PostAsync(new Uri("v1/batches", UriKind.Relative), content).ConfigureAwait(false);
        var took = Stopwatch.GetElapsedTime(since);
        if (!answer.IsSuccessStatusCode)
            throw new InvalidOperationException(await answer.Content.ReadAsStringAsync().ConfigureAwait(false));
        return ((await answer.Content.ReadFromJsonAsync<BatchStatus>(FarmJson.Options).ConfigureAwait(false))!, took);
    }

    public static async Task ExecuteAsync(string connection, string sql)
    {
        var source = NpgsqlDataSource.Create(connection);
        await using var _ = source.ConfigureAwait(false);
        using var command = source.CreateCommand(sql);
        command.CommandTimeout = 0;
        await command.ExecuteNonQueryAsync().ConfigureAwait(false);
    }

    private static byte[] Lines(int jobs) => Encoding.UTF8.GetBytes(string.Join('\n', Enumerable.Range(0, jobs).Select(number =>
        $"{{\"custom_id\":\"job-{number}\",\"prompt\":\"a photo of corgi number {number} in the rain\",\"seed\":{number}}}")));
}
