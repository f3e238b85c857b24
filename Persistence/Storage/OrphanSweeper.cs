using Microsoft.Extensions.Options;
using RenderFarm.Contracts.Jobs;
using RenderFarm.Persistence.Sql;
using RenderFarm.Persistence.Jobs;

namespace RenderFarm.Persistence.Storage;

/// <summary>
/// Deletes what nothing refers to (I4): uploads of workers that ended before their commit, kept stages of finished jobs, previews of attempts that ended, and pictures for jobs of which no row tells.
/// Looks at a portion of the store at a time and goes round and round. What belongs to jobs that this farm does not know is another's, and stays.
/// </summary>
public sealed class OrphanSweeper(FarmDatabase database, IObjectStore store, IOptions<StoreOptions> options) : IAsyncDisposable
{
    private const int KeysPerQuestion = 500;
    private readonly SemaphoreSlim _turn = new(1);
    private IAsyncEnumerator<(string Key, DateTimeOffset WrittenAt)>? _round;

    /// <summary>Looks at the next portion. Returns how many orphans were deleted.</summary>
    public async Task<int> SweepAsync(CancellationToken cancellationToken)
    {
        await _turn.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            var deleted = 0;
            foreach (var keys in (await OldKeysAsync(cancellationToken).ConfigureAwait(false)).Chunk(KeysPerQuestion))
            {
                var orphans = await OrphansAsync([.. keys.Where(key => !ObjectKey.IsInput(key))], cancellationToken).ConfigureAwait(false);
                orphans.AddRange(await UntoldAsync([.. keys.Where(ObjectKey.IsInput)], cancellationToken).ConfigureAwait(false));
                foreach (var key in orphans)
                    await store.DeleteAsync(key, cancellationToken).ConfigureAwait(false);
                deleted += orphans.Count;
            }

            return deleted;
        }
        catch
        {
            await EndRoundAsync().ConfigureAwait(false);
            throw;
        }
        finally
        {
            _turn.Release();
        }
    }

    public async ValueTask DisposeAsync()
    {
        await EndRoundAsync().ConfigureAwait(false);
        _turn.Dispose();
    }

    /// <summary>Of the next portion the pictures older than the grace period, and kept stages and previews of any age: the former may yet be committed, the latter never are.</summary>
    private async Task<List<string>> OldKeysAsync(CancellationToken cancellationToken)
    {
        var before = database.Time.GetUtcNow() - options.Value.OrphanGrace;
        var keys = new List<string>();
        // The round outlives this call, and so must not end with its token.
        _round ??= store.ListAsync(string.Empty, CancellationToken.None).GetAsyncEnumerator(CancellationToken.None);
        for (var seen = 0; seen < options.Value.OrphanPortion; seen++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (!await _round.MoveNextAsync().ConfigureAwait(false))
            {
                await EndRoundAsync().ConfigureAwait(false);
                break;
            }

            var (key, writtenAt) = _round.Current;
            if (ObjectKey.CheckpointOf(key) is not null || ObjectKey.PreviewOf(key) is not null || (writtenAt < before && (ObjectKey.Attempt(key) is not null || ObjectKey.IsInput(key))))
                keys.Add(key);
        }

        return keys;
    }

    private async Task<List<string>> OrphansAsync(string[] keys, CancellationToken cancellationToken)
    {
        if (keys.Length == 0)
            return [];
        var jobOf = keys.ToDictionary(key => key, key => ObjectKey.JobOf(key)!.Value);
        // Jobs are read before outputs, so that one that commits in between counts as running.
        var (jobs, committed) = await database.ReadAsync(async read =>
        {
            var known = await read.QueryAsync($"select id, epoch, state from jobs where id in {jobOf.Values.Distinct().ToList()}",
                row => (Held: new HeldJob(row.Id(0), row.GetInt32(1)), State: row.Name<JobState>(2))).ConfigureAwait(false);
            var outputs = await read.QueryAsync($"select key from outputs where key in {keys}", row => row.GetString(0)).ConfigureAwait(false);
            return (known.ToDictionary(job => job.Held.JobId), outputs.ToHashSet(StringComparer.Ordinal));
        }, cancellationToken).ConfigureAwait(false);
        return [.. keys.Where(key => !committed.Contains(key) && jobs.TryGetValue(jobOf[key], out var job) && IsOrphan(key, job.Held, job.State))];
    }

    /// <summary>Pictures for jobs without a row: a key is used once, so that none can come any more.</summary>
    private async Task<List<string>> UntoldAsync(string[] keys, CancellationToken cancellationToken)
    {
        if (keys.Length == 0)
            return [];
        var told = await database.ReadAsync(read => read.QueryAsync($"select key from pictures where key in {keys}", row => row.GetString(0)), cancellationToken).ConfigureAwait(false);
        return [.. keys.Except(told, StringComparer.Ordinal)];
    }

    /// <summary>
    /// Of an uncommitted picture: never to be committed, for only a running job's present epoch still can, since each claim raises it. Of a preview: nobody is shown it any more,
    /// for the same reason. Of a kept stage: its job is finished, so that nobody goes on from there.
    /// </summary>
    private static bool IsOrphan(string key, HeldJob job, JobState state) =>
        (ObjectKey.Attempt(key) ?? ObjectKey.PreviewOf(key)?.Job) is { } attempt ? state != JobState.Running || job != attempt : JobStateMachine.IsTerminal(state);

    private async Task EndRoundAsync()
    {
        if (_round is { } round)
        {
            _round = null;
            await round.DisposeAsync().ConfigureAwait(false);
        }
    }
}
