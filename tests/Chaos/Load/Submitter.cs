using System.Collections.Concurrent;
using System.Net;
using System.Net.Http.Json;
using RenderFarm.Chaos.Farms;
using RenderFarm.Contracts.Batches;
using RenderFarm.Persistence;

namespace RenderFarm.Chaos.Load;

/// <summary>
/// The farm's users. Each sends a batch until one of the Apis says that it has it; some send it again afterwards, some to both Apis at once, some
/// another body under the same key.
/// </summary>
internal sealed class Submitter(ChaosFarm farm, TimeProvider time) : IDisposable
{
    private const int RepeatEvery = 3;
    private const int TwiceAtOnceEvery = 4;
    private const int OtherBodyEvery = 5;
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(5);
    private readonly HttpClient _client = new() { Timeout = TimeSpan.FromSeconds(20) };
    private readonly ConcurrentQueue<string> _faults = new();
    private int _next;

    /// <summary>Batches that were accepted.</summary>
    public ConcurrentDictionary<Guid, Submission> Accepted { get; } = new();

    /// <summary>Batches of which an Api said that they are canceled, and what it counted.</summary>
    public ConcurrentQueue<BatchStatus> Canceled { get; } = new();

    /// <summary>Answers that contradict each other (I9).</summary>
    public IReadOnlyCollection<string> Faults => _faults;

    /// <summary>Answers to a key that had been used before.</summary>
    public int Repeated => _repeated;
    private int _repeated;

    /// <summary>Ends when everything is accepted.</summary>
    public async Task RunAsync(IReadOnlyList<Submission> plan)
    {
        var began = time.GetTimestamp();
        var sending = new List<Task>();
        foreach (var (number, submission) in plan.Index())
        {
            var wait = submission.At - time.GetElapsedTime(began);
            if (wait > TimeSpan.Zero)
                await Task.Delay(wait, time);
            sending.Add(SendAsync(number, submission));
        }

        await Task.WhenAll(sending);
    }

    /// <summary>Cancels a batch of a smaller tenant, if there is one.</summary>
    public async Task CancelSomethingAsync(int number)
    {
        var batches = Accepted.Where(batch => batch.Value.Tenant is LoadPlan.Hobby or LoadPlan.Studio).OrderBy(batch => batch.Value.At).Select(batch => batch.Key).ToList();
        if (batches.Count == 0)
            return;
        // Among the last ones, of which something is left to cancel.
        var id = batches[Math.Max(0, batches.Count - 1 - number)];
        using var answer = await AskAsync(HttpMethod.Post, $"v1/batches/{id}/cancel", Accepted[id].Tenant);
        if (answer.StatusCode == HttpStatusCode.OK)
            Canceled.Enqueue((await answer.Content.ReadFromJsonAsync<BatchStatus>(FarmJson.Options))!);
    }

    /// <summary>Asks the next Api in turn.</summary>
    public async Task<HttpResponseMessage> AskAsync(HttpMethod method, string path, string tenant, Submission? submission = null)
    {
        var apis = farm.ApiProcesses;
        using var request = new HttpRequestMessage(method, new Uri(apis[Interlocked.Increment(ref _next) % apis.Count].Address, path));
        request.Headers.Add("X-Tenant", tenant);
        if (submission is not null)
        {
            request.Headers.Add("Idempotency-Key", submission.Key);
            request.Content = new StringContent(submission.Body, new System.Net.Http.Headers.MediaTypeHeaderValue("application/x-ndjson"));
        }

        return await _client.SendAsync(request);
    }

    public void Dispose() => _client.Dispose();

    private async Task SendAsync(int number, Submission submission)
    {
        var twice = number % TwiceAtOnceEvery == 0 ? SubmitAsync(submission) : Task.FromResult<Guid?>(null);
        var id = await SubmitAsync(submission);
        Same(submission, id!.Value, await twice);
        Accepted[id.Value] = submission;
        if (number % RepeatEvery == 0)
            Same(submission, id.Value, await SubmitAsync(submission));
        if (number % OtherBodyEvery == 0 && await SubmitAsync(submission with { Body = submission.Body + "\n{\"prompt\":\"another\"}" }) is { } other)
            _faults.Enqueue($"Key '{submission.Key}' took another body as batch {other}; it is batch {id}'s.");
    }

    private void Same(Submission submission, Guid id, Guid? again)
    {
        if (again is null)
            return;
        Interlocked.Increment(ref _repeated);
        if (again != id)
            _faults.Enqueue($"Key '{submission.Key}' made batches {id} and {again} of one body.");
    }

    /// <summary>The batch; null where the key is another body's.</summary>
    private async Task<Guid?> SubmitAsync(Submission submission)
    {
        var began = time.GetTimestamp();
        for (var said = ""; ; await Task.Delay(TimeSpan.FromMilliseconds(300), time))
        {
            try
            {
                using var answer = await AskAsync(HttpMethod.Post, "v1/batches", submission.Tenant, submission);
                if (answer.StatusCode == HttpStatusCode.Accepted)
                    return (await answer.Content.ReadFromJsonAsync<BatchStatus>(FarmJson.Options))!.Id;
                if (answer.StatusCode == HttpStatusCode.UnprocessableEntity)
                    return null;
                said = $"{answer.StatusCode}: {await answer.Content.ReadAsStringAsync()}";
                if ((int)answer.StatusCode < 500)
                    throw new InvalidOperationException($"A sound batch was refused with {said}");
            }
            catch (Exception e) when (e is HttpRequestException or OperationCanceledException or IOException)
            {
                said = e.Message;
            }

            if (time.GetElapsedTime(began) > Patience)
                throw new TimeoutException($"No Api took batch '{submission.Key}' for {Patience}; the last said: {said}");
        }
    }
}
