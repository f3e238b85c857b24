using Microsoft.Extensions.Logging;
using RenderFarm.Persistence.Jobs;

namespace RenderFarm.Persistence.Storage;

/// <summary>
/// Keeps the finished stages of unfinished jobs beside their pictures, so that a later attempt need not draw them again. A key holds the attempt's
/// epoch, as a picture's does: a worker that lost its lease overwrites nothing. What is left of finished jobs, the orphan sweep deletes.
/// </summary>
public sealed partial class CheckpointStore(IObjectStore store, ILogger<CheckpointStore> logger)
{
    private const string ContentType = "application/octet-stream";

    /// <summary>Keeps a stage.</summary>
    public Task<StoredObject> KeepAsync(ClaimedJob job, StoredCheckpoint checkpoint, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(job);
        ArgumentNullException.ThrowIfNull(checkpoint);
        return store.PutAsync(ObjectKey.Checkpoint(job, checkpoint), checkpoint.Content, ContentType, cancellationToken);
    }

    /// <summary>The furthest stage that an attempt finished and whose bytes are those that it kept; null where there is none.</summary>
    public async Task<StoredCheckpoint?> FindAsync(ClaimedJob job, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(job);
        var names = await NamesAsync(job, cancellationToken).ConfigureAwait(false);
        foreach (var name in names.OrderByDescending(name => name.Stage).ThenByDescending(name => name.Epoch))
        {
            var content = await ReadAsync(name.Key, cancellationToken).ConfigureAwait(false);
            if (content is not null && Digest.Of(content) == name.Sha256)
                return new(name.Stage, name.Fingerprint, content);
            Damaged(name.Key, job.Id);
        }

        return null;
    }

    /// <summary>Deletes all that is kept of a job.</summary>
    public async Task DropAsync(ClaimedJob job, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(job);
        foreach (var name in await NamesAsync(job, cancellationToken).ConfigureAwait(false))
            await store.DeleteAsync(name.Key, cancellationToken).ConfigureAwait(false);
    }

    private async Task<List<CheckpointName>> NamesAsync(ClaimedJob job, CancellationToken cancellationToken)
    {
        var names = new List<CheckpointName>();
        await foreach (var (key, _) in store.ListAsync(ObjectKey.Job(job), cancellationToken).ConfigureAwait(false))
            if (ObjectKey.CheckpointOf(key) is { } name)
                names.Add(name);
        return names;
    }

    private async Task<byte[]?> ReadAsync(string key, CancellationToken cancellationToken)
    {
        var stream = await store.OpenAsync(key, cancellationToken).ConfigureAwait(false);
        if (stream is null)
            return null;
        await using var _ = stream.ConfigureAwait(false);
        using var content = new MemoryStream();
        await stream.CopyToAsync(content, cancellationToken).ConfigureAwait(false);
        return content.ToArray();
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "Checkpoint '{Key}' of job {JobId} is gone or not what was stored; it is not used")]
    private partial void Damaged(string key, Guid jobId);
}
