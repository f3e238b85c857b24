using System.Diagnostics;
using System.Net;
using Npgsql;
using RenderFarm.Chaos.Links;
using RenderFarm.Persistence.Storage;
using RenderFarm.ServerTesting;
using RenderFarm.Testing;

namespace RenderFarm.Chaos.Farms;

/// <summary>Two Apis, three test workers and a worker as it ships with the bundled cascade, on servers of their own.</summary>
internal sealed class ChaosFarm : IAsyncDisposable
{
    public const string Model = "test";
    public const string Cascade = "shapes";

    /// <summary>After which what an Api was about to send when it was killed is sent again.</summary>
    public static readonly TimeSpan SendTimeout = TimeSpan.FromSeconds(10);

    private const int Apis = 2;
    private const int TestWorkers = 3;
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(4);

    private readonly TemporaryFolder _folder = new();
    private readonly MinioServer _minio;
    private readonly TimeProvider _time;

    private ChaosFarm(RabbitMqServer broker, MinioServer minio, StoreProxy proxy, string database, string? logs, TimeProvider time)
    {
        Folder = logs is null ? _folder.Path : Directory.CreateDirectory(Path.GetFullPath(logs)).FullName;
        (Broker, _minio, StoreProxy, _time) = (broker, minio, proxy, time);
        Store = new()
        {
            Provider = "minio", Endpoint = minio.Options.Endpoint, AccessKey = minio.Options.AccessKey, SecretKey = minio.Options.SecretKey, Bucket = "farm", UseTls = false,
        };
        ConnectionString = database;
        Database = NpgsqlDataSource.Create(new NpgsqlConnectionStringBuilder(database) { MaxPoolSize = 5 });
        Processes =
        [
            .. Enumerable.Range(0, Apis).Select(number => Process($"api{number}", "RenderFarm.Api")),
            .. Enumerable.Range(0, TestWorkers).Select(number => Process($"worker{number}", "RenderFarm.TestWorker")),
            Process("cascade0", "RenderFarm.Worker", ("Rendering__Model", Path.Combine(Repository.Root, "Worker", "Models", Cascade))),
        ];
    }

    /// <summary>Where the processes work and log.</summary>
    public string Folder { get; }

    public RabbitMqServer Broker { get; }

    public StoreProxy StoreProxy { get; }

    /// <summary>The bucket, behind the proxy.</summary>
    public StoreOptions Store { get; }

    public string ConnectionString { get; }

    /// <summary>The database, behind the links.</summary>
    public NpgsqlDataSource Database { get; }

    public IReadOnlyList<FarmProcess> Processes { get; }

    public IReadOnlyList<FarmProcess> Workers => [.. Processes.Where(process => process.IsWorker)];

    public IReadOnlyList<FarmProcess> ApiProcesses => [.. Processes.Where(process => !process.IsWorker)];

    public static async Task<ChaosFarm> StartAsync(int seed, string? logs, TimeProvider time)
    {
        var broker = await RabbitMqServer.SharedAsync();
        var database = await PostgresServer.CreateDatabaseAsync();
        var minio = await MinioServer.StartAsync();
        var farm = new ChaosFarm(broker, minio, await StoreProxy.StartAsync(minio.Options, seed), database, logs, time);
        try
        {
            await farm.MigrateAsync();
            foreach (var process in farm.Processes)
                await process.StartAsync();
            await farm.AllReadyAsync();
            return farm;
        }
        catch
        {
            await farm.DisposeAsync();
            throw;
        }
    }

    /// <summary>Waits until every process says that it is ready; fails with the words of the first that does not.</summary>
    public async Task AllReadyAsync()
    {
        using var client = new HttpClient { Timeout = TimeSpan.FromSeconds(10) };
        var began = _time.GetTimestamp();
        foreach (var process in Processes)
            for (var said = ""; ; await Task.Delay(200))
            {
                await process.ReviveAsync();
                try
                {
                    using var answer = await client.GetAsync(new Uri(process.Address, "health/ready"));
                    if (answer.StatusCode == HttpStatusCode.OK)
                        break;
                    said = await answer.Content.ReadAsStringAsync();
                }
                catch (Exception e) when (e is HttpRequestException or OperationCanceledException)
                {
                    said = e.Message;
                }

                if (_time.GetElapsedTime(began) > Patience)
                    throw new TimeoutException($"{process.Name} is not ready after {Patience}: {said}\n{Tail(process.Log)}");
            }
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var process in Processes)
            process.Dispose();
        await StoreProxy.DisposeAsync();
        await Database.DisposeAsync();
        await _minio.DisposeAsync();
        _folder.Dispose();
    }

    /// <summary>The last of a text.</summary>
    public static string Tail(string text) => text.Length <= 6000 ? text : text[^6000..];

    /// <summary>Short times, so that much happens in little time; many attempts, so that a sound job that fails was failed by the farm.</summary>
    private Dictionary<string, string> Settings => new()
    {
        ["Database__Provider"] = "postgres", ["Database__MaxAttempts"] = "50", ["Database__RetryDelay"] = "00:00:00.200", ["Database__MaxRetryDelay"] = "00:00:05",
        ["Messaging__Transport"] = "rabbitmq",
        ["Store__Provider"] = "minio", ["Store__AccessKey"] = Store.AccessKey!, ["Store__SecretKey"] = Store.SecretKey!, ["Store__Bucket"] = Store.Bucket, ["Store__UseTls"] = "false",
        ["Store__OrphanGrace"] = "00:01:00", ["Store__Timeout"] = "00:00:10",
        ["Dispatch__Runway"] = "64", ["Dispatch__MessageLife"] = "00:00:20", ["Dispatch__SendTimeout"] = SendTimeout.ToString(),
        ["Models__Default"] = Model, ["Models__ServedFor"] = "00:00:30",
        ["Worker__Lease"] = "00:00:05", ["Worker__Heartbeat"] = "00:00:01", ["Worker__DrainTimeout"] = "00:00:20", ["Worker__CheckpointAfter"] = "00:00:00",
        ["Logging__LogLevel__Default"] = "Warning", ["Logging__LogLevel__RenderFarm"] = "Information",
    };

    private FarmProcess Process(string name, string program, params (string Name, string Value)[] more)
    {
        var settings = Settings;
        foreach (var (setting, value) in more)
            settings[setting] = value;
        return new(name, program, Folder, settings, new(ConnectionString, Broker.Address, StoreProxy.Port), _time);
    }

    private async Task MigrateAsync()
    {
        var start = new ProcessStartInfo(Path.Combine(AppContext.BaseDirectory, "RenderFarm.Api"), ["migrate"]) { RedirectStandardError = true, RedirectStandardOutput = true, WorkingDirectory = Folder };
        foreach (var (setting, value) in Settings.Concat(Processes[0].Links.Settings))
            start.Environment[setting] = value;
        using var migration = System.Diagnostics.Process.Start(start)!;
        var output = migration.StandardOutput.ReadToEndAsync();
        var error = await migration.StandardError.ReadToEndAsync();
        await migration.WaitForExitAsync();
        if (migration.ExitCode != 0)
            throw new InvalidOperationException($"The migration ended with {migration.ExitCode}: {error}{await output}");
    }
}
