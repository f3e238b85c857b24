using System.Globalization;
using System.Text.RegularExpressions;
using RenderFarm.Chaos.Evidence;
using RenderFarm.Chaos.Farms;
using RenderFarm.Chaos.Faults;
using RenderFarm.Chaos.Load;

namespace RenderFarm.Chaos;

/// <summary>The run that all tests of this project judge: load and faults, then rest, then what is left.</summary>
internal sealed partial class ChaosRun : IDisposable
{
    // Of a time in which nothing gets less; how fast the machine is says nothing about the farm.
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(3);
    private static readonly Lazy<Task<Findings>> Shared = new(async () =>
    {
        using var run = new ChaosRun(ChaosSettings.FromEnvironment(), TimeProvider.System);
        return await run.RunAsync();
    });

    private readonly ChaosSettings _settings;
    private readonly TimeProvider _time;
    private readonly StreamWriter? _report;

    private ChaosRun(ChaosSettings settings, TimeProvider time)
    {
        (_settings, _time) = (settings, time);
        _report = settings.Report is { } file ? new(file) { AutoFlush = true } : null;
    }

    /// <summary>What it left; the first who asks waits for it.</summary>
    public static Task<Findings> FindingsAsync() => Shared.Value;

    public void Dispose() => _report?.Dispose();

    private async Task<Findings> RunAsync()
    {
        await using var farm = await ChaosFarm.StartAsync(_settings.Seed, _settings.Logs, _time);
        await History.BeginAsync(farm.Database);
        await EventTap.ConnectAsync(farm.Broker);
        Say(string.Create(CultureInfo.InvariantCulture, $"Seed {_settings.Seed}: {_settings.Jobs} jobs, faults for {_settings.Duration.TotalMinutes:F2} minutes."));

        using var submitter = new Submitter(farm, _time);
        using var over = new CancellationTokenSource();
        var watcher = new Watcher(farm, submitter, _time);
        var watching = watcher.RunAsync(over.Token);
        using var injector = new FaultInjector(farm, submitter, _settings.Seed, _time, Say);
        var submitting = submitter.RunAsync(LoadPlan.Of(_settings.Seed, _settings.Duration, _settings.Jobs));
        await injector.RunAsync(Schedule.Of(_settings.Seed, _settings.Duration, farm.ApiProcesses.Count, farm.Workers.Count));
        var faultless = _time.GetTimestamp();
        Say("No more faults; waiting for rest.");
        await submitting;
        var unrest = await RestAsync(farm);
        var rest = _time.GetElapsedTime(faultless);
        await over.CancelAsync();
        await watching;

        unrest.AddRange(await StopAsync(farm));
        var findings = await CollectAsync(farm, submitter, watcher, injector, unrest);
        Tell(farm, findings, injector, submitter.Repeated, rest);
        if (_settings.Logs is not null)
            await File.WriteAllLinesAsync(Path.Combine(farm.Folder, "history.txt"), findings.History.SelectMany(job => job).OrderBy(change => change.At).Select(change => change.ToString()));
        return findings;
    }

    /// <summary>Waits until every job has its end, every event is told and every queue is empty. Returns what is not, once nothing gets better any more.</summary>
    private async Task<List<string>> RestAsync(ChaosFarm farm)
    {
        await farm.AllReadyAsync();
        var (least, since) = (long.MaxValue, _time.GetTimestamp());
        for (; ; await Task.Delay(TimeSpan.FromMilliseconds(500), _time))
        {
            var jobs = await farm.Database.CountAsync("select count(*) from jobs where state in ('queued', 'running')");
            var events = await farm.Database.CountAsync("select count(*) from outbox");
            var messages = await MessagesAsync(farm);
            if (jobs + events + messages == 0)
                return [];
            if (jobs + events + messages < least)
                (least, since) = (jobs + events + messages, _time.GetTimestamp());
            if (_time.GetElapsedTime(since) > Patience)
                return [$"For {Patience} without faults {jobs} jobs have been unfinished, {events} events untold, and {messages} messages in the farm's queues."];
        }
    }

    private static async Task<long> MessagesAsync(ChaosFarm farm)
    {
        await using var connection = await farm.Broker.ConnectAsync();
        await using var channel = await connection.CreateChannelAsync();
        var messages = 0L;
        foreach (var queue in new[] { Persistence.Dispatch.RenderQueue.Of(ChaosFarm.Model), Persistence.Dispatch.RenderQueue.Of(ChaosFarm.Cascade), Persistence.Dispatch.RenderQueue.Undelivered })
            messages += await channel.MessageCountAsync(queue);
        return messages;
    }

    /// <summary>Asks every process to end. Returns those that do not end well.</summary>
    private static async Task<IReadOnlyList<string>> StopAsync(ChaosFarm farm)
    {
        var codes = await Task.WhenAll(farm.Processes.Select(async process => (process, Code: await process.StopAsync())));
        return [.. codes.Where(ended => ended.Code != 0).Select(ended => $"{ended.process.Name} was asked to end and did so with {ended.Code}.")];
    }

    private static async Task<Findings> CollectAsync(ChaosFarm farm, Submitter submitter, Watcher watcher, FaultInjector injector, IReadOnlyList<string> unrest)
    {
        using var bucket = new Bucket(farm);
        var outputs = await OutputRow.ReadAsync(farm.Database);
        var stranded = await bucket.CountStrandedAsync(outputs);
        await bucket.CollectAsync();
        var jobs = await JobRow.ReadAsync(farm.Database);
        var drawn = jobs.Where(job => job.Model == ChaosFarm.Cascade).Select(job => job.Id).ToHashSet();
        return new()
        {
            Accepted = submitter.Accepted, Canceled = submitter.Canceled, KeyFaults = [.. submitter.Faults], Jobs = jobs, Outputs = outputs,
            Pictures = await bucket.PicturesAsync(outputs.Where(output => drawn.Contains(output.Job))),
            History = await History.ReadAsync(farm.Database), Objects = await bucket.ReadAsync(), Stranded = stranded, Events = await EventTap.DrainAsync(farm.Broker),
            WrongCounters = await Counters.WrongAsync(farm.Database), Memory = watcher.Memory, Unexplained = watcher.Unexplained, Unrest = unrest, Standstills = injector.Standstills,
        };
    }

    private void Tell(ChaosFarm farm, Findings findings, FaultInjector injector, int repeated, TimeSpan rest)
    {
        var halts = farm.Processes.SelectMany(process => process.Halts).ToLookup(halt => halt.Worker, halt => halt.At);
        var fenced = farm.Workers.Sum(worker => Fenced().Count(worker.Log));
        Say("");
        foreach (var (what, figure) in Table.Of(findings, injector.Bereaved, halts, fenced, repeated, rest))
            Say($"{what,-50} {figure}");
        Say($"{"processes that ended by themselves",-50} {farm.Processes.Sum(process => process.OwnEnds)}");
        Say($"{"requests that the store harmed; faults missed",-50} {farm.StoreProxy.Harmed}; {injector.Missed}");
        foreach (var process in farm.Processes.Where(process => process.OwnEnds > 0 || findings.Unrest.Count > 0))
            Say($"\n--- {process.Name}\n{ChaosFarm.Tail(process.Log)}");
    }

    private void Say(string line) => _report?.WriteLine(line);

    [GeneratedRegex("was fenced")]
    private static partial Regex Fenced();
}
