using RenderFarm.Contracts.Jobs;
using RenderFarm.Persistence.Jobs;
using RenderFarm.Persistence.Storage;

namespace RenderFarm.Api.Jobs;

/// <summary>What a job's status says of its preview.</summary>
internal sealed partial class JobPreviews(PreviewStore store, ILogger<JobPreviews> logger)
{
    /// <summary>Longest wait of a status for the store.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(1);

    /// <summary>The present preview; null where there is none, or the store does not say: a status is right without it.</summary>
    public async Task<JobPreview?> OfAsync(Job job, CancellationToken cancellationToken)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        patience.CancelAfter(Patience);
        try
        {
            return await store.FindAsync(job, patience.Token).ConfigureAwait(false) is { Name: var name, WrittenAt: var at }
                ? new() { Url = Url(job.Id), Stage = name.Stage, Step = name.Step, Steps = name.Steps, At = at } : null;
        }
        catch (Exception e) when (!cancellationToken.IsCancellationRequested)
        {
            Unseen(job.Id, e);
            return null;
        }
    }

    private static string Url(Guid job) => $"/v1/jobs/{job}/preview";

    [LoggerMessage(Level = LogLevel.Information, Message = "Job {JobId}: the store does not say whether there is a preview")]
    private partial void Unseen(Guid jobId, Exception exception);
}
