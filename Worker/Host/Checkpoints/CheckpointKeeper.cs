using Microsoft.Extensions.Options;
using RenderFarm.Persistence.Jobs;
using RenderFarm.Persistence.Storage;
using RenderFarm.Worker.Devices;
using RenderFarm.Worker.Rendering;

namespace RenderFarm.Worker.Checkpoints;

/// <summary>
/// Keeps what is finished of a job while the rest is rendered, and has a later attempt go on from there. None of it may fail a job: what cannot be
/// kept or found is drawn again.
/// </summary>
internal sealed partial class CheckpointKeeper(CheckpointStore store, JobResults results, IOptions<WorkerOptions> options, ILogger<CheckpointKeeper> logger)
{
    /// <summary>Looks where earlier attempts of a group's jobs got to.</summary>
    public Task ResumeAsync(HeldGroup group) => Task.WhenAll(group.Items.Where(item => item.HasHistory).Select(ResumeAsync));

    /// <summary>Keeps a finished stage, beside the next one's rendering, unless it took so little time that drawing it again is cheaper.</summary>
    public void Keep(HeldItem item, FinishedStage stage)
    {
        // A group that failed and is rendered again in halves finishes a stage twice: what is kept stays as it is.
        if (stage.Took < options.Value.CheckpointAfter || item.IsLost || !item.Keeps(stage.Stage))
            return;
        var checkpoint = stage.Checkpoint();
        var before = item.Keeping;
        item.Keeping = Task.Run(() => KeepAsync(item, before, checkpoint));
    }

    /// <summary>Deletes what is kept of those jobs of a group that are finished, however they ended. What fails here is left to the sweep.</summary>
    public async Task DropFinishedAsync(HeldGroup group)
    {
        await Task.WhenAll(group.Items.Select(item => item.Keeping)).ConfigureAwait(false);
        var kept = group.Items.Where(item => item.HasHistory || item.Keeping != Task.CompletedTask).ToList();
        if (kept.Count == 0)
            return;
        try
        {
            var finished = await results.FinishedAsync([.. kept.Select(item => item.Job.Id)], CancellationToken.None).ConfigureAwait(false);
            foreach (var item in kept.Where(item => finished.Contains(item.Job.Id)))
                await store.DropAsync(item.Job, CancellationToken.None).ConfigureAwait(false);
        }
        catch (Exception e)
        {
            NotDropped(kept.Count, e);
        }
    }

    private async Task ResumeAsync(HeldItem item)
    {
        try
        {
            if (await store.FindAsync(item.Job, CancellationToken.None).ConfigureAwait(false) is not var (stage, fingerprint, content))
                return;
            item.ResumeFrom = new() { Stage = stage, Fingerprint = fingerprint, Content = content };
            Found(item.Job.Id, item.Job.Attempts, stage + 1);
        }
        catch (Exception e)
        {
            NotFound(item.Job.Id, e);
        }
    }

    private async Task KeepAsync(HeldItem item, Task before, RenderCheckpoint checkpoint)
    {
        await before.ConfigureAwait(false);
        try
        {
            await store.KeepAsync(item.Job, new(checkpoint.Stage, checkpoint.Fingerprint, checkpoint.Content), CancellationToken.None).ConfigureAwait(false);
            Kept(item.Job.Id, checkpoint.Stage + 1, checkpoint.Content.Length);
        }
        catch (Exception e)
        {
            NotKept(item.Job.Id, checkpoint.Stage + 1, e);
        }
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "Job {JobId}: stage {Stage} is kept, {Length} bytes")]
    private partial void Kept(Guid jobId, int stage, int length);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Job {JobId}: stage {Stage} could not be kept; another attempt would draw it again")]
    private partial void NotKept(Guid jobId, int stage, Exception exception);

    [LoggerMessage(Level = LogLevel.Information, Message = "Job {JobId}: attempt {Attempt} found stage {Stage} of an earlier one")]
    private partial void Found(Guid jobId, int attempt, int stage);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Job {JobId}: no looking for stages of earlier attempts; it begins anew")]
    private partial void NotFound(Guid jobId, Exception exception);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Kept stages of {Count} jobs could not be deleted; the orphan sweep does it later")]
    private partial void NotDropped(int count, Exception exception);
}
