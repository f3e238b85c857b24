using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using RenderFarm.Api;
using RenderFarm.Contracts.Batches;
using RenderFarm.Contracts.Jobs;
using RenderFarm.Persistence;
using RenderFarm.Worker;
using RenderFarm.Worker.Devices;
using RenderFarm.Worker.Rendering;

namespace RenderFarm.FarmTesting;

/// <summary>The whole standalone farm in this process: Kestrel on a free port, SQLite file, folder store, in-memory transport.</summary>
public sealed class FarmHost : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);
    private readonly WebApplication _app;

    private FarmHost(WebApplication app)
    {
        _app = app;
        Client = new HttpClient { BaseAddress = new(app.Urls.First()), Timeout = Patience };
    }

    public HttpClient Client { get; }

    public IServiceProvider Services => _app.Services;

    /// <summary>Starts a farm on the files of a folder, with one device per renderer, and waits until it takes jobs unless told not to.</summary>
    public static async Task<FarmHost> StartAsync(
        string folder, IReadOnlyList<IRenderer>? renderers = null, IReadOnlyDictionary<string, string?>? settings = null, Action<IServiceCollection>? services = null,
        bool awaitsWorker = true)
    {
        var app = Build(folder, renderers ?? [new TestRenderer()], settings, services);
        await app.StartRenderFarmAsync();
        if (awaitsWorker && renderers is not { Count: 0 })
            await app.Services.GetRequiredService<WorkerReadiness>().Ready.WaitAsync(Patience);
        return new(app);
    }

    public static WebApplication Build(
        string folder, IReadOnlyList<IRenderer> renderers, IReadOnlyDictionary<string, string?>? settings = null, Action<IServiceCollection>? services = null)
    {
        var builder = WebApplication.CreateBuilder(new WebApplicationOptions { EnvironmentName = "Test", ContentRootPath = folder });
        builder.Configuration.AddInMemoryCollection(new Dictionary<string, string?>
        {
            ["urls"] = "http://127.0.0.1:0",
            ["Database:File"] = Path.Combine(folder, "farm.db"),
            ["Database:RetryDelay"] = "00:00:00.050",
            ["Store:Folder"] = Path.Combine(folder, "pictures"),
            ["Dispatch:IdleInterval"] = "00:00:00.050",
            ["Dispatch:BusyInterval"] = "00:00:00.010",
            ["Worker:Heartbeat"] = "00:00:00.100",
            ["Worker:CompanyWait"] = "00:00:00.020",
            ["Worker:DrainTimeout"] = "00:00:01",
            ["Worker:DeliveryDelay"] = "00:00:00.020",
        });
        builder.Configuration.AddInMemoryCollection(settings ?? new Dictionary<string, string?>());
        builder.Logging.ClearProviders();
        builder.Services.AddRenderFarmApi(builder.Configuration);
        if (renderers.Count > 0)
            builder.Services.AddRenderFarmWorker(builder.Configuration, [.. renderers.Select<IRenderer, Func<IServiceProvider, IRenderer>>(renderer => _ => renderer)]);
        services?.Invoke(builder.Services);
        var app = builder.Build();
        app.MapRenderFarm();
        return app;
    }

    public async Task<HttpResponseMessage> PostLinesAsync(string lines, string path = "/v1/batches", string? key = null, string? tenant = null)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, path) { Content = new StringContent(lines, Encoding.UTF8, "application/x-ndjson") };
        if (key is not null)
            request.Headers.Add("Idempotency-Key", key);
        if (tenant is not null)
            request.Headers.Add("X-Tenant", tenant);
        return await Client.SendAsync(request);
    }

    /// <summary>Submits JSON Lines that are accepted.</summary>
    public async Task<BatchStatus> SubmitAsync(params IEnumerable<string> lines)
    {
        using var response = await PostLinesAsync(string.Join('\n', lines));
        if (!response.IsSuccessStatusCode)
            throw new InvalidOperationException(await response.Content.ReadAsStringAsync());
        return (await response.Content.ReadFromJsonAsync<BatchStatus>(FarmJson.Options))!;
    }

    public async Task<T> GetAsync<T>(string path) => (await Client.GetFromJsonAsync<T>(path, FarmJson.Options))!;

    public Task<BatchStatus> BatchAsync(Guid id) => GetAsync<BatchStatus>($"/v1/batches/{id}");

    public async Task<IReadOnlyList<JobStatus>> JobsAsync(Guid batch)
    {
        var page = await GetAsync<JobPage>($"/v1/batches/{batch}/jobs?limit=1000");
        var jobs = new List<JobStatus>();
        foreach (var job in page.Items)
            jobs.Add(await GetAsync<JobStatus>(job.Url));
        return jobs;
    }

    /// <summary>Waits for the end of a batch; where it does not come, says why its jobs wait.</summary>
    public async Task<BatchStatus> FinishedAsync(Guid batch, TimeSpan? patience = null)
    {
        try
        {
            return await EventuallyAsync(() => BatchAsync(batch), status => status.State == BatchState.Finished, patience);
        }
        catch (TimeoutException e)
        {
            var unfinished = (await JobsAsync(batch)).Where(job => job.State is JobState.Queued or JobState.Running);
            var reasons = await Task.WhenAll(unfinished.Select(job => Client.GetStringAsync($"/v1/jobs/{job.Id}/explain")));
            throw new TimeoutException($"{e.Message} {string.Join(' ', reasons)}", e);
        }
    }

    /// <summary>Asks again until the answer is as it should be.</summary>
    public static async Task<T> EventuallyAsync<T>(Func<Task<T>> ask, Func<T, bool> isRight, TimeSpan? atMost = null)
    {
        using var patience = new CancellationTokenSource(atMost ?? Patience);
        while (true)
        {
            var answer = await ask();
            if (isRight(answer))
                return answer;
            if (patience.IsCancellationRequested)
                throw new TimeoutException($"Still {JsonSerializer.Serialize(answer, FarmJson.Options)} after {atMost ?? Patience}.");
            await Task.Delay(20, CancellationToken.None);
        }
    }

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        await _app.StopAsync();
        await _app.DisposeAsync();
    }
}
