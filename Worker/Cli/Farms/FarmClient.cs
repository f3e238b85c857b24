using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Runtime.CompilerServices;
using RenderFarm.Cli.Errors;
using RenderFarm.Contracts.Batches;
using RenderFarm.Contracts.Jobs;
using RenderFarm.Contracts.Models;
using RenderFarm.Persistence;

namespace RenderFarm.Cli.Farms;

/// <summary>Speaks to a farm over HTTP, as any other program would.</summary>
internal sealed class FarmClient : IDisposable
{
    private const string JsonLines = "application/jsonl";
    private const int PageSize = 500;

    private readonly HttpClient _http;

    /// <param name="address">The farm's own address, such as http://127.0.0.1:5080.</param>
    public FarmClient(Uri address)
    {
        Address = address;
        _http = new HttpClient { BaseAddress = address, Timeout = TimeSpan.FromMinutes(10) };
    }

    public Uri Address { get; }

    /// <summary>Sends a JSON Lines file as it is, without reading it into memory.</summary>
    /// <exception cref="ToolException">The farm refuses it; the text says which line and field.</exception>
    public async Task<BatchStatus> SubmitAsync(Stream jsonLines, CancellationToken cancellationToken)
    {
        using var content = new StreamContent(jsonLines);
        content.Headers.ContentType = new MediaTypeHeaderValue(JsonLines) { CharSet = "utf-8" };
        // With a key of its own the batch is stored once, even if something on the way sends the request twice.
        content.Headers.TryAddWithoutValidation("Idempotency-Key", Guid.NewGuid().ToString());
        using var request = new HttpRequestMessage(HttpMethod.Post, "v1/batches") { Content = content };
        using var response = await SendAsync(request, cancellationToken).ConfigureAwait(false);
        return await ReadAsync<BatchStatus>(response, cancellationToken).ConfigureAwait(false);
    }

    public Task<BatchStatus> BatchAsync(Guid batch, CancellationToken cancellationToken) => GetAsync<BatchStatus>($"v1/batches/{batch}", cancellationToken);

    public Task<JobStatus> JobAsync(Guid job, CancellationToken cancellationToken) => GetAsync<JobStatus>($"v1/jobs/{job}", cancellationToken);

    public Task<ModelList> ModelsAsync(CancellationToken cancellationToken) => GetAsync<ModelList>("v1/models", cancellationToken);

    /// <summary>The first of the batch's jobs in this state, with all that is known of them.</summary>
    public async Task<IReadOnlyList<JobStatus>> SampleAsync(Guid batch, JobState state, int most, CancellationToken cancellationToken)
    {
        var page = await GetAsync<JobPage>($"v1/batches/{batch}/jobs?state={NameOf(state)}&limit={most}", cancellationToken).ConfigureAwait(false);
        var jobs = new List<JobStatus>();
        foreach (var job in page.Items) jobs.Add(await JobAsync(job.Id, cancellationToken).ConfigureAwait(false));
        return jobs;
    }

    /// <summary>All of the batch's jobs, in the order of submission.</summary>
    public async IAsyncEnumerable<JobSummary> JobsAsync(Guid batch, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        string? after = null;
        do
        {
            var next = after is null ? "" : $"&after={Uri.EscapeDataString(after)}";
            var page = await GetAsync<JobPage>($"v1/batches/{batch}/jobs?limit={PageSize}{next}", cancellationToken).ConfigureAwait(false);
            foreach (var job in page.Items) yield return job;
            after = page.Next;
        }
        while (after is not null);
    }

    /// <summary>The bytes of one picture.</summary>
    public async Task<byte[]> DownloadAsync(JobOutput output, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, output.Url);
        using var response = await SendAsync(request, cancellationToken).ConfigureAwait(false);
        return await response.Content.ReadAsByteArrayAsync(cancellationToken).ConfigureAwait(false);
    }

    public void Dispose() => _http.Dispose();

    private async Task<T> GetAsync<T>(string path, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, path);
        using var response = await SendAsync(request, cancellationToken).ConfigureAwait(false);
        return await ReadAsync<T>(response, cancellationToken).ConfigureAwait(false);
    }

    private async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        HttpResponseMessage response;
        try
        {
            response = await _http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellationToken).ConfigureAwait(false);
        }
        catch (HttpRequestException error)
        {
            throw new FarmUnreachableException($"No farm answers at {Address} ({error.Message.TrimEnd('.')}); start one with 'renderfarm serve', or name its address with --url.", error);
        }
        if (response.IsSuccessStatusCode) return response;
        using (response) throw await Problem.ReadAsync(response, cancellationToken).ConfigureAwait(false);
    }

    private async Task<T> ReadAsync<T>(HttpResponseMessage response, CancellationToken cancellationToken)
    {
        try
        {
            return await response.Content.ReadFromJsonAsync<T>(FarmJson.Options, cancellationToken).ConfigureAwait(false)
                ?? throw new System.Text.Json.JsonException("it is empty");
        }
        catch (System.Text.Json.JsonException error)
        {
            throw new ToolException($"What answers at {Address} is not a farm of this version ({error.Message.TrimEnd('.')}); check --url.", error);
        }
    }

    private static string NameOf(JobState state) => System.Text.Json.JsonNamingPolicy.SnakeCaseLower.ConvertName(state.ToString());
}
