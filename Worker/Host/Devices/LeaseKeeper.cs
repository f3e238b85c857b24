using Microsoft.Extensions.Options;
using RenderFarm.Persistence.Jobs;

namespace RenderFarm.Worker.Devices;

/// <summary>The heartbeat: extends the leases of held jobs, carries progress, and learns which jobs are no longer this worker's.</summary>
internal sealed partial class LeaseKeeper(HeldGroups held, JobLeases leases, IOptions<WorkerOptions> options, TimeProvider time, ILogger<LeaseKeeper> logger)
{
    public async Task RunAsync(CancellationToken stopping)
    {
        using var timer = new PeriodicTimer(options.Value.Heartbeat, time);
        try
        {
            while (await timer.WaitForNextTickAsync(stopping).ConfigureAwait(false))
                await BeatAsync().ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            // Stopped.
        }
    }

    /// <summary>One heartbeat for everything held.</summary>
    public async Task BeatAsync()
    {
        foreach (var group in held.All)
        {
            var items = group.Items.Where(item => !item.IsLost).ToList();
            if (items.Count == 0)
                continue;
            try
            {
                var kept = await leases.RenewAsync(options.Value.Name, [.. items.Select(item => item.Lease)], options.Value.Lease, group.Progress,
                    CancellationToken.None).ConfigureAwait(false);
                var ids = kept.ToHashSet();
                if (held.Contains(group))
                    group.Lose(item => !ids.Contains(item.Job.Id));
            }
            catch (Exception e)
            {
                // Work goes on: if the lease runs out meanwhile, the commit is refused.
                Missed(items.Count, e);
            }
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "Heartbeat for {Count} jobs failed")]
    private partial void Missed(int count, Exception exception);
}
