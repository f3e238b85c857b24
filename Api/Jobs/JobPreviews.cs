using RenderFarm.Contracts.Jobs;
using RenderFarm.Persistence.Jobs;
using RenderFarm.Persistence.Storage;

namespace RenderFarm.Api.Jobs;

/// <summary>
/// What a job's status says of its preview. However often a status is asked for, the store is asked at most once a second for an attempt; while it is away, for one attempt every few seconds.
/// </summary>
internal sealed partial class JobPreviews(PreviewStore store, TimeProvider time, ILogger<JobPreviews> logger)
{
    private const int MostRemembered = 1000;

    /// <summary>For so long an answer of the store holds.</summary>
    private static readonly TimeSpan Lifetime = TimeSpan.FromSeconds(1);

    /// <summary>Longest wait of a status for the store.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(1);

    /// <summary>A store that is away is not asked for so long.</summary>
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(5);

    private static readonly Task<JobPreview?> None = Task.FromResult<JobPreview?>(null);

    private readonly Lock _gate = new();
    private readonly Dictionary<HeldJob, (long Since, Task<JobPreview?> Answer)> _answers = [];
    private long? _askedInVain;

    /// <summary>The present preview, or that of up to a second ago; null where there is none, or the store does not say: a status is right without it.</summary>
    public Task<JobPreview?> OfAsync(Job job, CancellationToken cancellationToken) =>
        job.State == JobState.Running ? Answer(job).WaitAsync(cancellationToken) : None;

    private Task<JobPreview?> Answer(Job job)
    {
        var attempt = new HeldJob(job.Id, job.Epoch);
        lock (_gate)
        {
            if (_answers.TryGetValue(attempt, out var known) && !IsOver(known))
                return known.Answer;
            if (_askedInVain is { } since)
            {
                if (time.GetElapsedTime(since) < Pause)
                    return None;
                // This one asks whether it is back, and the others wait for what it learns.
                _askedInVain = time.GetTimestamp();
            }

            MakeRoom();
            // Of no caller's token: others may wait for the same answer.
            var answer = Task.Run(() => AskAsync(job), CancellationToken.None);
            _answers[attempt] = (time.GetTimestamp(), answer);
            return answer;
        }
    }

    private bool IsOver((long Since, Task Answer) known) => known.Answer.IsCompleted && time.GetElapsedTime(known.Since) >= Lifetime;

    private void MakeRoom()
    {
        if (_answers.Count < MostRemembered)
            return;
        foreach (var (attempt, _) in _answers.Where(known => IsOver(known.Value)).ToList())
            _answers.Remove(attempt);
        if (_answers.Count >= MostRemembered)
            _answers.Clear();
    }

    /// <summary>Never fails.</summary>
    private async Task<JobPreview?> AskAsync(Job job)
    {
        using var patience = new CancellationTokenSource(Patience, time);
        try
        {
            var found = await store.FindAsync(job, patience.Token).WaitAsync(patience.Token).ConfigureAwait(false);
            Told();
            return found is { Name: var name, WrittenAt: var at } ? new() { Url = Url(job.Id), Stage = name.Stage, Step = name.Step, Steps = name.Steps, At = at } : null;
        }
        catch (Exception e)
        {
            ToldNothing(e is OperationCanceledException ? $"no answer in {Patience.TotalSeconds:0} s" : e.Message);
            return null;
        }
    }

    private void Told()
    {
        lock (_gate)
        {
            if (_askedInVain is not null)
                Back();
            _askedInVain = null;
        }
    }

    private void ToldNothing(string reason)
    {
        lock (_gate)
        {
            if (_askedInVain is null)
                Away(reason);
            _askedInVain = time.GetTimestamp();
        }
    }

    private static string Url(Guid job) => $"/v1/jobs/{job}/preview";

    [LoggerMessage(Level = LogLevel.Warning, Message = "The store does not say which previews there are ({Reason}); until it does, statuses go without")]
    private partial void Away(string reason);

    [LoggerMessage(Level = LogLevel.Information, Message = "The store says again which previews there are")]
    private partial void Back();
}
