using RenderFarm.Chaos.Farms;
using RenderFarm.Chaos.Links;
using RenderFarm.Chaos.Load;
using RenderFarm.ServerTesting;
using RenderFarm.ServerTesting.Links;

namespace RenderFarm.Chaos.Faults;

/// <summary>Does what the schedule says, when it says so, and undoes it.</summary>
internal sealed class FaultInjector(ChaosFarm farm, Submitter submitter, int seed, TimeProvider time, Action<string> say) : IDisposable
{
    private const int TriesToFindWork = 60;
    private readonly SemaphoreSlim _servers = new(1);
    private readonly Meddler _meddler = new(farm, seed, time);

    /// <summary>What workers had in hand when they were killed.</summary>
    public List<(Guid Job, DateTimeOffset At)> Bereaved { get; } = [];

    /// <summary>
    /// Times in which what a process had in hand could not move: while it was frozen; and after an Api was killed, until messages that it had marked as sent and not sent
    /// are taken for lost.
    /// </summary>
    public List<(DateTimeOffset From, DateTimeOffset Until)> Standstills { get; } = [];

    /// <summary>Faults that could not be done, for example because the database was away.</summary>
    public int Missed { get; private set; }

    /// <summary>Ends when the last fault is undone.</summary>
    public async Task RunAsync(IReadOnlyList<Fault> schedule)
    {
        var began = time.GetTimestamp();
        var running = new List<Task>();
        foreach (var fault in schedule)
        {
            var wait = fault.At - time.GetElapsedTime(began);
            if (wait > TimeSpan.Zero)
                await Task.Delay(wait, time);
            say(fault.ToString());
            running.Add(GuardAsync(fault));
        }

        await Task.WhenAll(running);
        farm.StoreProxy.Mood = StoreMood.Sound;
        foreach (var process in farm.Processes)
        {
            foreach (var server in Enum.GetValues<Server>())
                process.Links.Of(server).Set(LinkState.Open);
            await process.ThawAsync();
            await process.StartUnlessRunningAsync();
        }
    }

    public void Dispose() => _servers.Dispose();

    private async Task GuardAsync(Fault fault)
    {
        try
        {
            await DoAsync(fault);
        }
        catch (Exception e) when (e is not NotSupportedException)
        {
            Missed++;
            say($"          missed {fault.Kind}: {e.Message.Split('\n')[0]}");
        }
    }

    private Task DoAsync(Fault fault) => fault.Kind switch
    {
        FaultKind.KillWorker => KillAsync(farm.Workers[fault.Victim], fault.Lasts),
        FaultKind.KillApi => KillAsync(farm.ApiProcesses[fault.Victim], fault.Lasts),
        FaultKind.FreezeWorker => FreezeAsync(farm.Workers[fault.Victim], fault.Lasts),
        FaultKind.FreezeApi => FreezeAsync(farm.ApiProcesses[fault.Victim], fault.Lasts),
        FaultKind.Cut => LinkAsync(fault, LinkState.Cut),
        FaultKind.Stall => LinkAsync(fault, LinkState.Stalled),
        FaultKind.Slow => LinkAsync(fault, LinkState.Slow),
        FaultKind.Silence => SilenceAsync(fault),
        FaultKind.RestartBroker => RestartAsync(farm.Broker.RestartAsync),
        FaultKind.RestartDatabase => RestartAsync(PostgresServer.RestartAsync),
        FaultKind.StoreFails => StoreAsync(StoreMood.Failing, fault.Lasts),
        FaultKind.StoreSlow => StoreAsync(StoreMood.Slow, fault.Lasts),
        FaultKind.StoreLies => StoreAsync(StoreMood.Lying, fault.Lasts),
        FaultKind.Redeliver => _meddler.RedeliverAsync(),
        FaultKind.Cancel => submitter.CancelSomethingAsync(fault.Victim),
        _ => throw new NotSupportedException($"Nobody knows how to do {fault.Kind}."),
    };

    private async Task KillAsync(FarmProcess process, TimeSpan lasts)
    {
        var jobs = process.IsWorker ? await InHandAsync(process.WorkerName) : [];
        await process.KillAsync();
        lock (Bereaved)
            Bereaved.AddRange(jobs.Select(job => (job, time.GetUtcNow())));
        if (!process.IsWorker)
            StoodStill(time.GetUtcNow(), ChaosFarm.SendTimeout);
        await Task.Delay(lasts, time);
        await process.StartUnlessRunningAsync();
    }

    private void StoodStill(DateTimeOffset from, TimeSpan lasts)
    {
        lock (Standstills)
            Standstills.Add((from, from + lasts));
    }

    private async Task FreezeAsync(FarmProcess process, TimeSpan lasts)
    {
        await process.FreezeAsync();
        StoodStill(time.GetUtcNow(), lasts);
        await Task.Delay(lasts, time);
        await process.ThawAsync();
    }

    private async Task LinkAsync(Fault fault, LinkState state)
    {
        var link = farm.Processes[fault.Victim].Links.Of(fault.Server);
        link.Set(state);
        await Task.Delay(fault.Lasts, time);
        link.Set(LinkState.Open);
    }

    private Task SilenceAsync(Fault fault)
    {
        farm.Processes[fault.Victim].Links.Of(fault.Server).Silence();
        return Task.CompletedTask;
    }

    /// <summary>One at a time.</summary>
    private async Task RestartAsync(Func<Task> restart)
    {
        await _servers.WaitAsync();
        try
        {
            await restart();
        }
        finally
        {
            _servers.Release();
        }
    }

    private async Task StoreAsync(StoreMood mood, TimeSpan lasts)
    {
        farm.StoreProxy.Mood = mood;
        await Task.Delay(lasts, time);
        farm.StoreProxy.Mood = StoreMood.Sound;
    }

    /// <summary>Waits a little for a worker to have something in hand: an idle one is killed without consequences.</summary>
    private async Task<IReadOnlyList<Guid>> InHandAsync(string worker)
    {
        for (var tries = 0; ; tries++)
        {
            var jobs = await HeldAsync(worker);
            if (jobs.Count > 0 || tries == TriesToFindWork)
                return jobs;
            await Task.Delay(TimeSpan.FromMilliseconds(50), time);
        }
    }

    private async Task<IReadOnlyList<Guid>> HeldAsync(string worker)
    {
        try
        {
            return await farm.Database.ListAsync("select id from jobs where state = 'running' and worker = @p0", row => row.GetGuid(0), worker);
        }
        catch (Npgsql.NpgsqlException)
        {
            // The database is away: this kill counts in everything but the time of recovery.
            return [];
        }
    }
}
