using System.Diagnostics;
using RenderFarm.Diffusion.Cascades.Requests;
using RenderFarm.Diffusion.Cascades.Stages;
using RenderFarm.Diffusion.Pictures;
using RenderFarm.Diffusion.Safety;
using TorchSharp;
using static TorchSharp.torch;

namespace RenderFarm.Diffusion.Cascades;

/// <summary>
/// One call of <see cref="Cascade.Render"/>: forms batches, takes each through the stages, reports and stops between steps.
/// </summary>
/// <param name="stages">In order.</param>
/// <param name="stageBatch">Most pictures of its own size a stage draws together.</param>
/// <param name="progress">May be null.</param>
/// <param name="guard">What previews must pass.</param>
/// <param name="jobs">All of the call.</param>
/// <param name="token">The call's.</param>
internal sealed class CascadeRun(
    IReadOnlyList<IStage> stages, Func<int, int> stageBatch, Action<RenderProgress>? progress, PictureGuard guard, IReadOnlyList<RenderJob> jobs, CancellationToken token)
{
    private int _finished;

    public void Run(int maxBatch)
    {
        foreach (var group in jobs.GroupBy(job => RenderJob.BatchKey(job.Request, job.Plans), StringComparer.Ordinal))
        {
            foreach (var batch in group.Chunk(maxBatch)) RunStages(batch);
        }
    }

    private void RunStages(RenderJob[] batch)
    {
        for (var stage = batch[0].FirstStage; stage < stages.Count; stage++)
        {
            batch = Wanted(batch);
            if (batch.Length == 0) break;
            foreach (var part in batch.Chunk(BatchOf(stage, batch[0].Plans[stage]))) RunStage(stage, part);
        }
        // A wish that came in the last stage counts as well: what is marked as canceled is not delivered.
        _finished += Wanted(batch).Length;
    }

    /// <summary>Of pictures larger than the stage's own squares fewer are drawn together, so that they need no more memory: not in a batch of one, which cannot be smaller.</summary>
    private int BatchOf(int stage, StagePlan plan)
    {
        var own = PictureSize.Square(stages[stage].Size);
        return (int)Math.Max(1, stageBatch(stage) * own.Pixels / (plan.Size ?? own).Pixels);
    }

    /// <summary>Marks those that are to be cancelled and returns the others.</summary>
    private static RenderJob[] Wanted(RenderJob[] batch)
    {
        foreach (var job in batch) job.Canceled |= job.CancelRequested;
        return [.. batch.Where(job => !job.Canceled)];
    }

    private void RunStage(int stage, RenderJob[] batch)
    {
        token.ThrowIfCancellationRequested();
        using var scope = NewDisposeScope();
        var watch = Stopwatch.StartNew();
        try
        {
            var before = batch[0].Picture is null ? null : cat([.. batch.Select(job => job.Picture!)], 0);
            var drawn = stages[stage].Draw([.. batch.Select(job => job.RowOf(stage))], before, step => Stepped(stage, step, batch, watch));
            var pictures = PictureTensor.ToPictures(drawn);
            var seconds = watch.Elapsed.TotalSeconds / batch.Length;
            for (var row = 0; row < batch.Length; row++)
            {
                var picture = drawn.narrow(0, row, 1).clone().DetachFromDisposeScope();
                batch[row].Accept(stage, picture, new StageResult(Cascade.KeyOf(stage), pictures[row], seconds, Checkpoint: null));
            }
            if (stage < stages.Count - 1)
                foreach (var job in batch) job.TellRest(stage, watch.Elapsed.TotalSeconds);
        }
        catch (OperationCanceledException) when (!token.IsCancellationRequested && batch.All(job => job.CancelRequested))
        {
            foreach (var job in batch) job.Canceled = true;
        }
    }

    private void Stepped(int stage, StageStep step, RenderJob[] batch, Stopwatch watch)
    {
        progress?.Invoke(new RenderProgress(
            stage, stages.Count, Cascade.KeyOf(stage), step.Done, batch[0].Plans[stage].Taken, watch.Elapsed.TotalSeconds,
            [.. batch.Select(job => job.Index)], _finished, jobs.Count)
        {
            Preview = step.Look is { } look && guard.ShowsUnfinished ? row => Preview(stage, look, row) : null,
            PreviewPart = step.Look?.Part ?? 1,
        });
        token.ThrowIfCancellationRequested();
        // One picture's wish stops the batch only if all wish it; otherwise it is drawn on with the others and dropped after the stage.
        if (batch.All(job => job.CancelRequested)) batch[0].Request.CancellationToken.ThrowIfCancellationRequested();
    }

    private RenderPreview Preview(int stage, StageLook look, int row)
    {
        using var scope = NewDisposeScope();
        // What the device still has to do for the steps so far is not the preview's cost.
        if (look.Device.type == DeviceType.CUDA) cuda.synchronize(look.Device);
        var watch = Stopwatch.StartNew();
        var picture = PictureTensor.ToPictures(look.At(row))[0];
        if (stage == stages.Count - 1) picture = guard.Mark(picture);
        return new RenderPreview(picture, watch.Elapsed.TotalSeconds);
    }
}
