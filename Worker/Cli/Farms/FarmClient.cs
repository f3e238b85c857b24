using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Runtime.CompilerServices;
using RenderFarm.Api.Health;
using RenderFarm.Cli.Errors;
using RenderFarm.Contracts.Batches;
using RenderFarm.Contracts.Jobs;
using RenderFarm.Contracts.Models;
using RenderFarm.Contracts.Pictures;
using RenderFarm.Persistence;

namespace RenderFarm.Cli.Farms;

/// <summary>
/// Speaks to a farm over HTTP, as any other program would. Questions are asked again while a farm that restarts is away (<see cref="FarmPatience"/>);
/// a submission is sent again only where the farm broke off its answer.
/// </summary>
internal sealed class FarmClient : IDisposable
{
    private const string JsonLines = "application/jsonl";
    private const int PageSize = 500;

    /// <summary>How long the answer to a question may take.</summary>
    private static readonly TimeSpan AnswerTime = TimeSpan.FromMinutes(1);

    /// <summary>How long the farm may think about what keeps it from working; only a hint waits for that.</summary>
    private static readonly TimeSpan FaultTime = TimeSpan.FromSeconds(5);

    /// <summary>How long a submission may take: the farm stores all of it before it answers.</summary>
    private static readonly TimeSpan SubmissionTime = TimeSpan.FromMinutes(10);

    private readonly HttpClient _http;
    private readonly FarmPatience _patience;
    private readonly TimeProvider _time;

    /// <param name="address">The farm's own address, such as http://127.0.0.1:5080.</param>
    /// <param name="time">Measures how long the farm is away.</param>
    public FarmClient(Uri address, TimeProvider time)
    {
        (Address, _time, _patience) = (address, time, new FarmPatience(time));
        _http = new HttpClient { BaseAddress = address, Timeout = Timeout.InfiniteTimeSpan };
    }

    public Uri Address { get; }

    /// <summary>Sends a JSON Lines file as it is, without reading it into memory.</summary>
    /// <exception cref="ToolException">The farm refuses it; the text says which line and field.</exception>
    /// <exception cref="FarmUnreachableException">Nothing answers.</exception>
    public async Task<BatchStatus> SubmitAsync(string jsonLines, CancellationToken cancellationToken)
    {
        // With a key of its own the batch is stored once, even if the request is sent twice.
        var key = Guid.NewGuid().ToString();
        try
        {
            return await SubmitAsync(jsonLines, key, cancellationToken).ConfigureAwait(false);
        }
        catch (FarmUnreachableException error) when (error.WasThere)
        {
            return await _patience.AskAsync(() => SubmitAsync(jsonLines, key, cancellationToken), cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>Uploads a picture; the same file again is the same picture.</summary>
    /// <exception cref="ToolException">The farm refuses it; the text names the file and says why.</exception>
    public Task<InputPicture> UploadAsync(string file, CancellationToken cancellationToken) => _patience.AskAsync(
        async () =>
        {
            using var content = new StreamContent(File.OpenRead(file));
            using var request = new HttpRequestMessage(HttpMethod.Post, "v1/pictures") { Content = content };
            try
            {
                return await ExchangeAsync(request, ReadAsync<InputPicture>, SubmissionTime, cancellationToken).ConfigureAwait(false);
            }
            catch (ToolException error)
            {
                throw new ToolException($"'{file}': {error.Message}", error);
            }
        },
        cancellationToken);

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

    /// <summary>All of the batch's jobs, in the order of submission, with all that is known of them: a question for each.</summary>
    public async IAsyncEnumerable<JobStatus> StatusesAsync(Guid batch, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await foreach (var job in JobsAsync(batch, cancellationToken).ConfigureAwait(false)) yield return await JobAsync(job.Id, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>What keeps the farm from working, by its own account: its disk is full, its worker still loads the model. Null where nothing does, or it does not say.</summary>
    public async Task<string?> FaultAsync(CancellationToken cancellationToken)
    {
        using var late = new CancellationTokenSource(FaultTime, _time);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, late.Token);
        try
        {
            using var response = await _http.GetAsync("health/ready", stop.Token).ConfigureAwait(false);
            if (response.StatusCode != HttpStatusCode.ServiceUnavailable) return null;
            var answer = await ReadAsync<HealthAnswer>(response, stop.Token).ConfigureAwait(false);
            return answer.Failing.Count == 0 ? null : ErrorText.OneLine(string.Join("; ", answer.Failing.Select(check => $"{check}: {answer.Checks.GetValueOrDefault(check)}")));
        }
        catch (Exception error) when (error is HttpRequestException or IOException or ToolException || (error is OperationCanceledException && !cancellationToken.IsCancellationRequested))
        {
            return null; // whoever asks for more than this is told
        }
    }

    /// <summary>The bytes of one picture.</summary>
    public Task<byte[]> DownloadAsync(JobOutput output, CancellationToken cancellationToken) =>
        AskAsync(output.Url, (response, stop) => response.Content.ReadAsByteArrayAsync(stop), cancellationToken);

    public void Dispose() => _http.Dispose();

    private Task<T> GetAsync<T>(string path, CancellationToken cancellationToken) => AskAsync(path, ReadAsync<T>, cancellationToken);

    private Task<T> AskAsync<T>(string path, Func<HttpResponseMessage, CancellationToken, Task<T>> read, CancellationToken cancellationToken) =>
        _patience.AskAsync(
            async () =>
            {
                using var request = new HttpRequestMessage(HttpMethod.Get, path);
                return await ExchangeAsync(request, read, AnswerTime, cancellationToken).ConfigureAwait(false);
            },
            cancellationToken);

    private async Task<BatchStatus> SubmitAsync(string jsonLines, string key, CancellationToken cancellationToken)
    {
        using var content = new StreamContent(File.OpenRead(jsonLines));
        content.Headers.ContentType = new MediaTypeHeaderValue(JsonLines) { CharSet = "utf-8" };
        content.Headers.TryAddWithoutValidation("Idempotency-Key", key);
        using var request = new HttpRequestMessage(HttpMethod.Post, "v1/batches") { Content = content };
        return await ExchangeAsync(request, ReadAsync<BatchStatus>, SubmissionTime, cancellationToken).ConfigureAwait(false);
    }

    // Headers and body are one exchange: a farm that is stopped between them has not answered.
    private async Task<T> ExchangeAsync<T>(
        HttpRequestMessage request, Func<HttpResponseMessage, CancellationToken, Task<T>> read, TimeSpan longest, CancellationToken cancellationToken)
    {
        using var late = new CancellationTokenSource(longest, _time);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, late.Token);
        try
        {
            using var response = await _http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, stop.Token).ConfigureAwait(false);
            return response.IsSuccessStatusCode
                ? await read(response, stop.Token).ConfigureAwait(false)
                : throw await Problem.ReadAsync(response, stop.Token).ConfigureAwait(false);
        }
        catch (HttpRequestException error) when (error.HttpRequestError is HttpRequestError.ConnectionError or HttpRequestError.NameResolutionError or HttpRequestError.SecureConnectionError)
        {
            throw new FarmUnreachableException($"No farm answers at {Address} ({error.Message.TrimEnd('.')}); start one with 'renderfarm serve', or name its address with --url.", error);
        }
        catch (Exception error) when (error is HttpRequestException or IOException)
        {
            throw new FarmUnreachableException($"The farm at {Address} broke off its answer ({error.Message.TrimEnd('.')}); look whether it still runs.", error) { WasThere = true };
        }
        catch (OperationCanceledException error) when (late.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            throw new FarmUnreachableException($"The farm at {Address} has not answered within {longest.TotalSeconds:0} s; look whether it still runs.", error) { WasThere = true };
        }
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
