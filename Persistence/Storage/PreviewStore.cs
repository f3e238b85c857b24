using RenderFarm.Persistence.Jobs;

namespace RenderFarm.Persistence.Storage;

/// <summary>
/// Keeps previews of running jobs beside their pictures. Each has a key of its own, with the attempt's epoch: nothing is overwritten, a worker that lost its lease replaces
/// nothing of the new one's, and all that is told of a preview stands in its key. No row tells of them: what is left of attempts that ended, the orphan sweep deletes.
/// </summary>
public sealed class PreviewStore(IObjectStore store)
{
    /// <summary>What previews are, as HTTP names it.</summary>
    public const string ContentType = "image/png";

    /// <summary>The key under which a preview is kept.</summary>
    public static string KeyOf(ClaimedJob job, NewPreview preview)
    {
        ArgumentNullException.ThrowIfNull(job);
        ArgumentNullException.ThrowIfNull(preview);
        return ObjectKey.Preview(job, preview);
    }

    /// <summary>Keeps a preview under its key.</summary>
    public Task<StoredObject> KeepAsync(string key, NewPreview preview, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(preview);
        return store.PutAsync(key, preview.Png, ContentType, cancellationToken);
    }

    /// <summary>Deletes one that has had its time; where it is not there, that is no error.</summary>
    public Task DropAsync(string key, CancellationToken cancellationToken) => store.DeleteAsync(key, cancellationToken);

    /// <summary>The newest preview of a job's present attempt; null where there is none, and for a job that does not run.</summary>
    public async Task<StoredPreview?> FindAsync(Job job, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(job);
        if (job.State != Contracts.Jobs.JobState.Running)
            return null;
        StoredPreview? newest = null;
        await foreach (var (key, writtenAt) in store.ListAsync(ObjectKey.Job(job.Tenant, job.BatchId, job.Id), cancellationToken).ConfigureAwait(false))
            if (ObjectKey.PreviewOf(key) is { } name && name.Job == new HeldJob(job.Id, job.Epoch) && name.Number > (newest?.Name.Number ?? 0))
                newest = new(name, writtenAt);
        return newest;
    }
}
