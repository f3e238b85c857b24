using System.Net;
using System.Net.Http.Json;
using System.Security.Cryptography;
using Microsoft.Extensions.Options;
using RabbitMQ.Client;
using RenderFarm.Contracts.Batches;
using RenderFarm.Contracts.Jobs;
using RenderFarm.Contracts.Pictures;
using RenderFarm.Persistence;
using RenderFarm.Persistence.Dispatch;
using RenderFarm.Persistence.Storage;
using RenderFarm.ServerTesting;
using RenderFarm.Testing;
using Xunit;

namespace RenderFarm.EndToEnd.Tests.Distributed;

/// <summary>The farm as processes of their own, Api and workers, on a RabbitMQ, a PostgreSQL and a MinIO.</summary>
internal sealed class DistributedFarm : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(5);

    /// <summary>Every queue of a farm here, with those beside it for what it cannot hand out.</summary>
    private static readonly string[] Queues =
    [
        .. new[] { RenderQueue.Of("test"), RenderQueue.Of("quick"), RenderQueue.Of("shapes"), RenderQueue.Undelivered, "renderfarm-submit", PlainSender.Queue }
            .SelectMany(queue => new[] { queue, $"{queue}_error", $"{queue}_skipped" }),
    ];

    private readonly TemporaryFolder _folder = new();
    private readonly List<ToolProcess> _processes = [];
    private readonly MinioServer _minio;
    private readonly HttpClient _client = new();
    private readonly HttpClient _health = new();
    private string? _model;

    private DistributedFarm(RabbitMqServer broker, MinioServer minio, string database)
    {
        (Broker, _minio) = (broker, minio);
        Settings = new()
        {
            ["Database__Provider"] = "postgres", ["Database__ConnectionString"] = database,
            ["Messaging__Transport"] = "rabbitmq", ["Messaging__Address"] = broker.Address.ToString(),
            ["Store__Provider"] = "minio", ["Store__Endpoint"] = minio.Options.Endpoint!, ["Store__AccessKey"] = minio.Options.AccessKey!,
            ["Store__SecretKey"] = minio.Options.SecretKey!, ["Store__Bucket"] = "farm", ["Store__UseTls"] = "false", ["Store__PublicEndpoint"] = $"http://{minio.Options.Endpoint}",
        };
    }

    public RabbitMqServer Broker { get; }

    /// <summary>What every process is told, by environment variables.</summary>
    public Dictionary<string, string> Settings { get; }

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    /// <summary>The servers, with nothing of the farm on them.</summary>
    public static async Task<DistributedFarm> OnEmptyServersAsync()
    {
        var broker = await RabbitMqServer.SharedAsync();
        await DeleteQueuesAsync(broker);
        return new(broker, await MinioServer.StartAsync(), await PostgresServer.CreateDatabaseAsync());
    }

    /// <summary>All tests share the broker: none finds what another left on it.</summary>
    private static async Task DeleteQueuesAsync(RabbitMqServer broker)
    {
        await using var connection = await broker.ConnectAsync();
        await using var channel = await connection.CreateChannelAsync(cancellationToken: Token);
        foreach (var queue in Queues)
        {
            await channel.QueueDeleteAsync(queue, cancellationToken: Token);
            await channel.ExchangeDeleteAsync(queue, cancellationToken: Token);
        }
    }

    /// <summary>A migrated farm with so many test workers, all ready.</summary>
    public static async Task<(DistributedFarm Farm, ToolProcess[] Workers)> StartAsync(int workers, params (string Name, string Value)[] settings)
    {
        var farm = await OnEmptyServersAsync();
        foreach (var (name, value) in settings)
            farm.Settings[name] = value;
        try
        {
            return (farm, await farm.StartProcessesAsync(workers));
        }
        catch
        {
            await farm.DisposeAsync();
            throw;
        }
    }

    public async Task<ToolProcess> MigrateAsync()
    {
        var migration = ToolProcess.Start("RenderFarm.Api", _folder.Path, Settings, "migrate");
        await migration.WaitAsync();
        return migration;
    }

    public ToolProcess StartApi() => Start("RenderFarm.Api");

    /// <summary>The worker as it ships, with a small model.</summary>
    public ToolProcess StartWorker() => Start("RenderFarm.Worker", "--Rendering:Model", Path.Combine(AppContext.BaseDirectory, "Models", _model ??= TestModel.Quick(_folder)));

    /// <summary>The worker with the test renderer.</summary>
    public ToolProcess StartTestWorker() => Start("RenderFarm.TestWorker");

    /// <summary>Runs one of the example programs to its end.</summary>
    public async Task<ToolProcess> RunExampleAsync(string name, params string[] prompts)
    {
        // From its own folder: what lies in this one lacks what ASP.NET brings along, which the example does not have.
        var built = Path.GetRelativePath(Path.Combine(Repository.Root, "tests", "EndToEnd"), AppContext.BaseDirectory);
        var executable = Path.Combine(Repository.Root, "tests", "Examples", name, built, $"RenderFarm.{name}");
        var example = ToolProcess.Start(executable, _folder.Path, new Dictionary<string, string>(), [Broker.Address.ToString(), .. prompts]);
        await example.WaitAsync();
        return example;
    }

    /// <summary>Waits until a process is ready.</summary>
    public Task ReadyAsync(ToolProcess process) => EventuallyAsync(() => HealthAsync(process), answer => answer.Status == HttpStatusCode.OK, process);

    /// <summary>What a process says to the question whether it is ready.</summary>
    public async Task<(HttpStatusCode Status, string Text)> HealthAsync(ToolProcess process)
    {
        using var answer = await _health.GetAsync(new Uri(await process.AddressAsync(), "health/ready"), Token);
        return (answer.StatusCode, await answer.Content.ReadAsStringAsync(Token));
    }

    /// <summary>Submits so many jobs of a prompt, with settings of stages as JSON.</summary>
    public async Task<Guid> SubmitAsync(int jobs, string prompt, string stages = "{}")
    {
        var lines = Enumerable.Range(0, jobs).Select(number => $"{{\"custom_id\":\"{number}\",\"prompt\":\"{prompt}\",\"seed\":{number},\"stages\":{stages}}}");
        using var content = new StringContent(string.Join('\n', lines), new System.Net.Http.Headers.MediaTypeHeaderValue("application/x-ndjson"));
        using var answer = await _client.PostAsync(new Uri("v1/batches", UriKind.Relative), content, Token);
        Assert.True(answer.IsSuccessStatusCode, await answer.Content.ReadAsStringAsync(Token));
        return (await answer.Content.ReadFromJsonAsync<BatchStatus>(FarmJson.Options, Token))!.Id;
    }

    public async Task<T> PostAsync<T>(string path, string json)
    {
        using var content = new StringContent(json, new System.Net.Http.Headers.MediaTypeHeaderValue("application/json"));
        using var answer = await _client.PostAsync(new Uri(path, UriKind.Relative), content, Token);
        Assert.True(answer.IsSuccessStatusCode, await answer.Content.ReadAsStringAsync(Token));
        return (await answer.Content.ReadFromJsonAsync<T>(FarmJson.Options, Token))!;
    }

    /// <summary>Uploads a PNG that is taken.</summary>
    public async Task<InputPicture> UploadAsync(byte[] png)
    {
        using var content = new ByteArrayContent(png);
        using var answer = await _client.PostAsync(new Uri("v1/pictures", UriKind.Relative), content, Token);
        Assert.True(answer.IsSuccessStatusCode, await answer.Content.ReadAsStringAsync(Token));
        return (await answer.Content.ReadFromJsonAsync<InputPicture>(FarmJson.Options, Token))!;
    }

    /// <summary>Bytes at an address of the API, or wherever it sends for them.</summary>
    public Task<byte[]> BytesAsync(string path) => _client.GetByteArrayAsync(path, Token);

    public async Task<T> GetAsync<T>(string path) => (await _client.GetFromJsonAsync<T>(path, FarmJson.Options, Token))!;

    public Task<BatchStatus> BatchAsync(Guid id, Func<BatchStatus, bool> isRight) => EventuallyAsync(() => GetAsync<BatchStatus>($"v1/batches/{id}"), isRight);

    public async Task<IReadOnlyList<JobStatus>> JobsAsync(Guid batch)
    {
        var jobs = new List<JobStatus>();
        foreach (var job in (await GetAsync<JobPage>($"v1/batches/{batch}/jobs?limit=1000")).Items)
            jobs.Add(await GetAsync<JobStatus>(job.Url));
        return jobs;
    }

    /// <summary>Waits for the batch's end: every job has succeeded, once, and its picture is in the bucket as it was recorded (I1, I3, I4).</summary>
    public async Task<IReadOnlyList<JobStatus>> AssertAllSucceedAsync(Guid batch)
    {
        var counts = (await BatchAsync(batch, status => status.State == BatchState.Finished)).Counts;
        Assert.Equal(counts.Total, counts.Succeeded);
        var jobs = await JobsAsync(batch);
        var stored = await PicturesAsync();
        foreach (var job in jobs)
            Assert.Contains((Assert.Single(job.Outputs).Size, job.Outputs[0].Sha256), stored);
        return jobs;
    }

    /// <summary>Asks again until the answer is as it should be.</summary>
    public async Task<T> EventuallyAsync<T>(Func<Task<T>> ask, Func<T, bool> isRight, ToolProcess? process = null)
    {
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(100));
        var began = TimeProvider.System.GetTimestamp();
        for (; ; )
        {
            var answer = await ask();
            if (isRight(answer))
                return answer;
            Assert.True(TimeProvider.System.GetElapsedTime(began) < Patience && process is not { HasExited: true }, $"Still {answer}. {Said}");
            await timer.WaitForNextTickAsync(Token);
        }
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var process in _processes)
            process.Dispose();
        await DeleteQueuesAsync(Broker);
        _client.Dispose();
        _health.Dispose();
        await _minio.DisposeAsync();
        _folder.Dispose();
    }

    private string Said => string.Join('\n', _processes.Select(process => process.Output + process.Error));

    /// <summary>Starts an Api and so many test workers on migrated servers, and waits until they are ready.</summary>
    public async Task<ToolProcess[]> StartProcessesAsync(int workers)
    {
        using var migration = await MigrateAsync();
        Assert.True(migration.ExitCode == 0, migration.Error);
        var api = StartApi();
        var started = Enumerable.Range(0, workers).Select(_ => StartTestWorker()).ToArray();
        foreach (var process in started.Prepend(api))
            await ReadyAsync(process);
        await UseAsync(api);
        return started;
    }

    /// <summary>Sends what follows to this Api.</summary>
    public async Task UseAsync(ToolProcess api) => _client.BaseAddress = await api.AddressAsync();

    private ToolProcess Start(string program, params string[] arguments)
    {
        var process = ToolProcess.Start(program, _folder.Path, Settings, [.. arguments, "--urls", "http://127.0.0.1:0"]);
        _processes.Add(process);
        return process;
    }

    /// <summary>Keys in the bucket, read behind the farm's back.</summary>
    public async Task<IReadOnlyList<string>> KeysAsync()
    {
        using var store = Bucket();
        return await store.ListAsync(string.Empty, Token).Select(item => item.Key).ToListAsync(Token);
    }

    /// <summary>Sizes and digests of what is in the bucket.</summary>
    private async Task<HashSet<(long Size, string Sha256)>> PicturesAsync()
    {
        using var store = Bucket();
        var pictures = new HashSet<(long, string)>();
        await foreach (var (key, _) in store.ListAsync(string.Empty, Token))
        {
            await using var picture = await store.OpenAsync(key, Token);
            // A kept stage goes with its job's end, perhaps just now.
            if (picture is not null)
                pictures.Add((picture.Length, Convert.ToHexStringLower(await SHA256.HashDataAsync(picture, Token))));
        }

        return pictures;
    }

    private MinioObjectStore Bucket() => new(Options.Create(new StoreOptions
    {
        Provider = "minio", Endpoint = _minio.Options.Endpoint, AccessKey = _minio.Options.AccessKey, SecretKey = _minio.Options.SecretKey, Bucket = "farm", UseTls = false,
    }));
}
