using RenderFarm.Worker.Rendering;
using RenderFarm.Worker.Telemetry;

namespace RenderFarm.Worker.Devices;

/// <summary>What happens on the device's own thread.</summary>
internal sealed partial class RenderDevice
{
    private void Run()
    {
        try
        {
            using var renderer = load();
            _model = renderer.Model.Name;
            _renderer = new GroupRenderer(renderer, logger);
            _previews = previews.ForDevice();
            _loaded.TrySetResult(renderer);
            while (_claimed.Reader.WaitToReadAsync().AsTask().GetAwaiter().GetResult())
                while (_claimed.Reader.TryRead(out var group))
                    RenderAndDeliver(group);
            _outcome.TrySetResult();
        }
        catch (Exception e)
        {
            _loaded.TrySetException(e);
            _outcome.TrySetException(e);
            _claimed.Writer.TryComplete();
            while (_claimed.Reader.TryRead(out var group))
            {
                _load.End();
                Deliver(group, deliver => deliver.HandBackAsync(group));
            }
        }
        finally
        {
            // Only now: whoever waits for it takes the deliveries' places for good.
            _ended.TrySetResult();
        }
    }

    private void RenderAndDeliver(HeldGroup group)
    {
        try
        {
            var items = group.Items.Where(item => !item.IsLost).ToList();
            var outcomes = Render(group, items);
            Deliver(group, deliver => deliver.DeliverAsync(group, items, outcomes));
        }
        catch (OperationCanceledException)
        {
            Deliver(group, deliver => deliver.HandBackAsync(group));
        }
        catch (DeviceFailedException e)
        {
            Deliver(group, deliver => deliver.DeviceFailedAsync(group, e));
            throw;
        }
        finally
        {
            _load.End();
        }
    }

    /// <summary>One outcome per item, in their order; what has a fault is not rendered, and its neighbours are.</summary>
    private List<RenderOutcome> Render(HeldGroup group, List<HeldItem> items)
    {
        var sound = items.Where(item => item.Fault is null).ToList();
        _previews!.Pace.Begin();
        var since = time.GetUtcNow();
        var rendered = sound.Count == 0 ? [] : _renderer!.Render([.. sound.Select(Work)], Stepped, group.Stop);
        JobActivities.Tell("render", sound, since);
        var byId = rendered.ToDictionary(outcome => outcome.Id);
        return [.. items.Select(item => item.Fault is { } fault ? new RenderOutcome { Id = item.Job.Id, Error = fault } : byId[item.Job.Id])];

        void Stepped(RenderStep step)
        {
            group.Report(step);
            previews.Look(_previews!, sound, step);
        }
    }

    private RenderWork Work(HeldItem item) => item.Work with { AfterStage = stage => checkpoints.Keep(item, stage) };

    /// <summary>Ends a group beside the next one's rendering; waits only if the last ones are not done yet.</summary>
    private void Deliver(HeldGroup group, Func<Delivery.GroupDelivery, Task> work)
    {
        _deliveries.Wait();
        lock (_gate)
        {
            _endings.RemoveAll(ending => ending.IsCompleted);
            _endings.Add(Task.Run(() => EndAsync(group, work)));
        }
    }

    /// <summary>What became of a group is told, its messages end, and it is no longer held. Takes a place among the deliveries and frees it.</summary>
    private async Task EndAsync(HeldGroup group, Func<Delivery.GroupDelivery, Task> work)
    {
        try
        {
            await work(delivery).ConfigureAwait(false);
            await checkpoints.DropFinishedAsync(group).ConfigureAwait(false);
        }
        finally
        {
            held.Remove(group);
            foreach (var item in group.Items)
                item.Prompt.Complete();
            _deliveries.Release();
            // After that: no other group waits for a store that dawdles over previews, and a stop not for long.
            await previews.DropAsync(group).ConfigureAwait(false);
            group.Dispose();
        }
    }
}
