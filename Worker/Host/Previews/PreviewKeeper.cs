using Microsoft.Extensions.Options;
using RenderFarm.Diffusion.Cascades.Requests;
using RenderFarm.Persistence.Storage;
using RenderFarm.Worker.Devices;
using RenderFarm.Worker.Rendering;
using RenderFarm.Worker.Telemetry;

namespace RenderFarm.Worker.Previews;

/// <summary>
/// Shows running jobs as far as they are drawn. The device's thread only makes the picture; it is encoded and stored beside the next steps. None of it may fail or hold up a
/// job: a preview that cannot be made or stored in time is dropped and counted.
/// </summary>
internal sealed partial class PreviewKeeper(PreviewStore store, IOptions<PreviewOptions> options, TimeProvider time, ILogger<PreviewKeeper> logger)
{
    /// <summary>The previews of a device that begins.</summary>
    public DevicePreviews ForDevice() => new(new(options.Value.PreviewInterval, time));

    /// <summary>Looks at those items for which it is time. On the device's thread, after a step.</summary>
    public void Look(DevicePreviews device, IReadOnlyList<HeldItem> items, RenderStep step)
    {
        if (step.Looks.Count == 0)
            return;
        foreach (var id in device.Pace.Due(step.Stage, step.Looks.Select(look => look.WorkId), step.LookPart))
        {
            if (items.FirstOrDefault(item => item.Job.Id == id) is not { IsLost: false } item)
                device.Pace.Pass(id);
            else if (item.Previews.IsBusy || !device.TryTake())
                Drop(device.Pace, item, "busy");
            else
                Look(device, item, step, step.Looks.First(look => look.WorkId == id));
        }
    }

    /// <summary>Deletes the previews of a group that is over, however it ended. What fails here is left to the sweep.</summary>
    public Task DropAsync(HeldGroup group) => Task.WhenAll(group.Items.Select(DropAsync));

    /// <summary>Has a place on the way to the store, and sees to it that it is freed.</summary>
    private void Look(DevicePreviews device, HeldItem item, RenderStep step, WorkLook look)
    {
        // What is kept of it goes to another thread, and must not hold on to what can be looked at.
        var bare = step with { Looks = [] };
        try
        {
            var seen = look.Take();
            device.Pace.Made(step.Stage, item.Job.Id, seen.Cost, step.LookPart);
            WorkerMetrics.RecordLook(item.Job.Model, step.Stage, seen.Cost);
            item.Previews.Begin((number, end) => KeepAsync(device, item, bare, seen.Picture, number, end));
        }
        catch (Exception e)
        {
            // Such as a device without the memory for it, now and probably at the next step.
            device.Free();
            device.Pace.End();
            WorkerMetrics.CountDropped(item.Job.Model, "failed");
            NotMade(item.Job.Id, e);
        }
    }

    private static void Drop(PreviewPace<Guid> pace, HeldItem item, string reason)
    {
        pace.Pass(item.Job.Id);
        WorkerMetrics.CountDropped(item.Job.Model, reason);
    }

    private async Task KeepAsync(DevicePreviews device, HeldItem item, RenderStep step, PictureSource picture, int number, CancellationToken end)
    {
        try
        {
            var preview = new NewPreview(number, step.Stage, step.Step, step.Steps, picture.EncodePng());
            var key = PreviewStore.KeyOf(item.Job, preview);
            item.Previews.Add(key);
            await store.KeepAsync(key, preview, end).ConfigureAwait(false);
            WorkerMetrics.CountPreview(item.Job.Model);
            await DropOlderAsync(item.Previews, key, end).ConfigureAwait(false);
        }
        catch (Exception) when (end.IsCancellationRequested)
        {
            // The job is over, and with it the preview.
        }
        catch (Exception e)
        {
            WorkerMetrics.CountDropped(item.Job.Model, "store");
            if (!item.Previews.HasFailed)
                NotKept(item.Job.Id, e);
            item.Previews.HasFailed = true;
        }
        finally
        {
            device.Free();
        }
    }

    private async Task DropOlderAsync(PreviewSlot slot, string newest, CancellationToken cancellationToken)
    {
        try
        {
            await DropAsync(slot, slot.AllBut(newest), cancellationToken).ConfigureAwait(false);
        }
        catch (Exception)
        {
            // The newest is stored for all that, and the slot still has the key: tried again after the next one and, where a failure is told, at the job's end.
        }
    }

    private async Task DropAsync(HeldItem item)
    {
        try
        {
            await item.Previews.EndAsync().ConfigureAwait(false);
            await DropAsync(item.Previews, item.Previews.AllBut(null), CancellationToken.None).ConfigureAwait(false);
        }
        catch (Exception e)
        {
            NotDropped(item.Job.Id, e);
        }
    }

    private async Task DropAsync(PreviewSlot slot, IReadOnlyList<string> keys, CancellationToken cancellationToken)
    {
        foreach (var key in keys)
        {
            await store.DropAsync(key, cancellationToken).ConfigureAwait(false);
            slot.Forget(key);
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "Job {JobId}: no preview could be made; there are none of its group until it is done")]
    private partial void NotMade(Guid jobId, Exception exception);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Job {JobId}: a preview could not be stored and is dropped; so is, unsaid, whichever of its next ones fails, too")]
    private partial void NotKept(Guid jobId, Exception exception);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Job {JobId}: a preview could not be deleted; the orphan sweep does it later")]
    private partial void NotDropped(Guid jobId, Exception exception);
}
