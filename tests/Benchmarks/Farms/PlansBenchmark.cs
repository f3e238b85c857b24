using System.Diagnostics;
using Npgsql;
using RenderFarm.FarmTesting;
using RenderFarm.Persistence;
using RenderFarm.Persistence.Dispatch;
using RenderFarm.Persistence.Jobs;
using RenderFarm.Persistence.Models;

namespace RenderFarm.Benchmarks.Farms;

/// <summary>How PostgreSQL does what dispatch, workers and the sweep ask of it again and again, in a table of many jobs; EXPLAIN (ANALYZE) of each statement with --plans.</summary>
internal sealed class PlansBenchmark : Benchmark
{
    private const string Explaining = "-c session_preload_libraries=auto_explain -c auto_explain.log_min_duration=0 -c auto_explain.log_analyze=on -c auto_explain.log_buffers=on";

    public override string Name => "plans";

    public override string Usage => "JOBS [--plans]";

    public override void Run(string[] arguments, TextWriter output)
    {
        var isLong = arguments is [_, "--plans"];
        if (arguments.Length != 1 && !isLong) throw new ArgumentException("JOBS is expected, and --plans where the plans are to be shown.");
        var jobs = Count("JOBS", arguments[0]);
        if (jobs < JobTable.Least) throw new ArgumentException($"JOBS is {jobs}; expected is at least {JobTable.Least}.");
        RunAsync(jobs, isLong, output).GetAwaiter().GetResult();
    }

    private static async Task RunAsync(int jobs, bool isLong, TextWriter output)
    {
        var connection = await Servers.DatabaseAsync().ConfigureAwait(false);
        using (var plain = Servers.Open(connection))
            await new ModelCatalogue(plain).RegisterAsync(TestRenderer.Describe("test"), "worker", CancellationToken.None).ConfigureAwait(false);
        await Servers.ExecuteAsync(connection, JobTable.Filled(jobs)).ConfigureAwait(false);
        await Servers.ExecuteAsync(connection, "vacuum analyze").ConfigureAwait(false);

        using var database = Servers.Open(new NpgsqlConnectionStringBuilder(connection) { Options = Explaining }.ToString());
        var log = NpgsqlDataSource.Create(connection);
        await using var _ = log.ConfigureAwait(false);
        foreach (var (what, work) in Work(database))
        {
            var from = await LogAsync(log, "select size from pg_stat_file(current_setting('data_directory') || '/../log')").ConfigureAwait(false);
            var since = Stopwatch.GetTimestamp();
            await work().ConfigureAwait(false);
            var took = Stopwatch.GetElapsedTime(since);
            var plans = (string)await LogAsync(log, $"select pg_read_file(current_setting('data_directory') || '/../log', {from}, 100000000)").ConfigureAwait(false);
            var scans = plans.Split('\n').Where(line => line.Contains("Seq Scan on jobs", StringComparison.Ordinal)).ToList();
            output.WriteLine($"{what,-44} {took.TotalMilliseconds,8:F1} ms, {(scans.Count == 0 ? "no sequential scan on jobs" : $"{scans.Count} SEQUENTIAL SCANS: {scans[0].Trim()}")}");
            if (isLong || scans.Count > 0) output.WriteLine(plans);
        }
    }

    private static List<(string What, Func<Task> Work)> Work(FarmDatabase database)
    {
        var none = CancellationToken.None;
        var (runway, leases, results) = (new Runway(database), new JobLeases(database), new JobResults(database));
        var lease = TimeSpan.FromSeconds(15);
        IReadOnlyList<ClaimedJob> claimed = [];
        return
        [
            ("connect", () => new QueueDepths(database).CountAsync(none)),
            ("dispatch: fill the runway by 64", async () => await runway.FillAsync("test", JobTable.OnRunway + 64, new FairShare(TimeSpan.FromMinutes(10)), none).ConfigureAwait(false)),
            ("dispatch: a full runway", async () => await runway.FillAsync("test", 64, new FairShare(TimeSpan.FromMinutes(10)), none).ConfigureAwait(false)),
            ("claim: 16 of the runway and 8 taken over", async () => claimed = await leases.ClaimAsync("worker", "test",
                [.. Enumerable.Range(JobTable.Running, 16).Select(position => new ClaimRequest(JobTable.Id(position))), .. Enumerable.Range(100, 8).Select(position => new ClaimRequest(JobTable.Id(position), true))],
                lease, none).ConfigureAwait(false)),
            ("heartbeat: 16 leases", () => leases.RenewAsync("worker", Held(claimed), lease, null, none)),
            ("commit: 8 jobs", () => results.CommitAsync([.. claimed.Take(8).Select(JobTable.Result)], none)),
            ("failure: 1 job", () => results.ReportFailureAsync(Held(claimed)[8], new() { Kind = "transient", Message = "It failed." }, retry: true, none)),
            ("hand back: 8 jobs", () => leases.ReleaseAsync([.. Held(claimed).Skip(9)], none)),
            ("sweep: leases that ran out", () => new LeaseSweeper(database).SweepAsync(TimeSpan.FromMinutes(10), TimeSpan.FromMinutes(1), none)),
            ("sweep: nothing", () => new LeaseSweeper(database).SweepAsync(TimeSpan.FromMinutes(10), TimeSpan.FromMinutes(1), none)),
            ("explain: a waiting job", () => new JobSituations(database).FindAsync("tenant-0", JobTable.Id(JobTable.Waiting), TimeSpan.FromMinutes(1), none)),
            ("gauge: queue depths", () => new QueueDepths(database).CountAsync(none)),
        ];
    }

    private static List<HeldJob> Held(IReadOnlyList<ClaimedJob> jobs) => [.. jobs.Select(job => new HeldJob(job.Id, job.Epoch))];

    private static async Task<object> LogAsync(NpgsqlDataSource log, string question)
    {
        using var command = log.CreateCommand(question);
        return (await command.ExecuteScalarAsync().ConfigureAwait(false))!;
    }
}
