using System.Net;
using System.Net.Http.Json;
using RenderFarm.Chaos.Farms;
using RenderFarm.Chaos.Load;
using RenderFarm.Contracts.Jobs;
using RenderFarm.Persistence;

namespace RenderFarm.Chaos.Evidence;

/// <summary>Looks on while the farm runs: memory, what the Api says about a waiting job, and who has to be started again.</summary>
internal sealed class Watcher(ChaosFarm farm, Submitter submitter, TimeProvider time)
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);
    private int _explained;

    /// <summary>Resident memory in MiB of each life that was seen, in order of time.</summary>
    public Dictionary<string, List<(DateTimeOffset At, int Size)>> Memory { get; } = [];

    /// <summary>Jobs that wait and of which the Api did not say why (I12).</summary>
    public List<string> Unexplained { get; } = [];

    /// <summary>Jobs that wait and of which it did.</summary>
    public int Explained => _explained;

    public async Task RunAsync(CancellationToken stopping)
    {
        using var timer = new PeriodicTimer(Interval);
        try
        {
            while (await timer.WaitForNextTickAsync(stopping))
                await LookAsync();
        }
        catch (OperationCanceledException)
        {
            // The run is over.
        }
    }

    private async Task LookAsync()
    {
        foreach (var process in farm.Processes)
        {
            await process.ReviveAsync();
            if (process.Memory() is not { } memory)
                continue;
            if (!Memory.TryGetValue(process.WorkerName, out var samples))
                Memory[process.WorkerName] = samples = [];
            samples.Add((time.GetUtcNow(), memory));
        }

        try
        {
            await ExplainAsync();
        }
        catch (Exception e) when (e is HttpRequestException or OperationCanceledException or Npgsql.NpgsqlException)
        {
            // Api or database is away.
        }
    }

    private async Task ExplainAsync()
    {
        var waiting = await farm.Database.ListAsync("select id, tenant from jobs where state = 'queued' order by created_at limit 1", row => (Id: row.GetGuid(0), Tenant: row.GetString(1)));
        if (waiting is not [var (id, tenant)])
            return;
        using var answer = await submitter.AskAsync(HttpMethod.Get, $"v1/jobs/{id}/explain", tenant);
        if (answer.StatusCode != HttpStatusCode.OK)
            return;
        var explanation = (await answer.Content.ReadFromJsonAsync<JobExplanation>(FarmJson.Options))!;
        _explained++;
        if (explanation.Reasons.Count == 0 || string.IsNullOrWhiteSpace(explanation.Summary))
            Unexplained.Add($"Job {id} is {explanation.State}, and nothing says why.");
    }
}
