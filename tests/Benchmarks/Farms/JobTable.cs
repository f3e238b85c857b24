using System.Globalization;
using RenderFarm.Persistence.Jobs;

namespace RenderFarm.Benchmarks.Farms;

/// <summary>
/// A table as a farm in the middle of its work has it: a hundred batches of seven tenants, of which one is being drawn, thirty wait and the others are done. Of the one, the
/// first jobs run, those behind them are on the runway, and the rest waits.
/// </summary>
internal static class JobTable
{
    public const int Running = 200;
    public const int OnRunway = 128;

    /// <summary>Position of a job that waits.</summary>
    public const int Waiting = 1000;
    private const int Batches = 100;

    /// <summary>So many jobs that the one batch has all of these.</summary>
    public const int Least = Batches * 2 * Waiting;

    /// <summary>Of the batch that is being drawn, the job at a position.</summary>
    public static Guid Id(int position) => Guid.Parse(string.Create(CultureInfo.InvariantCulture, $"00000000-0000-0000-0000-{position:D12}"));

    public static JobResult Result(ClaimedJob job) => new()
    {
        Job = new(job.Id, job.Epoch),
        Outputs = [new() { JobId = job.Id, Key = $"{job.Id:N}/{job.Epoch}", ContentType = "image/png", Width = 8, Height = 8, Size = 100, Sha256 = new string('0', 64) }],
        Report = new() { Timings = [], UnknownWords = [], Provenance = new Dictionary<string, string>() },
    };

    /// <summary>Statements that fill the tables. The first fifty running jobs have lost their workers.</summary>
    public static string Filled(int jobs)
    {
        var each = jobs / Batches;
        return string.Create(CultureInfo.InvariantCulture, $"""
            create function pg_temp.now_ms() returns bigint language sql as 'select (extract(epoch from now()) * 1000)::bigint';
            create function pg_temp.id(b int, p int) returns uuid language sql immutable as
                $f$ select ('00000000-0000-0000-' || lpad(b::text, 4, '0') || '-' || lpad(p::text, 12, '0'))::uuid $f$;
            insert into batches (id, tenant, state, created_at, finished_at, total, queued, running, succeeded, failed, canceled, expired)
                select pg_temp.id(b, 0), 'tenant-' || b % 7, case when b <= 30 then 'running' else 'finished' end, pg_temp.now_ms(), case when b > 30 then pg_temp.now_ms() end, {each},
                    case when b = 0 then {each - Running} when b <= 30 then {each} else 0 end, case when b = 0 then {Running} else 0 end, case when b > 30 then {each} else 0 end, 0, 0, 0
                from generate_series(0, {Batches - 1}) b;
            insert into lanes (batch_id, number, tenant, model, priority, created_at, open)
                select id, 0, tenant, 'test', 0, created_at, state = 'running' from batches;
            insert into jobs (id, batch_id, lane, position, tenant, custom_id, model, priority, prompt, seed, settings, compatibility, state, epoch, attempts, postponed, created_at,
                    worker, lease_until, dispatched_at, finished_at)
                select pg_temp.id(b, p), pg_temp.id(b, 0), 0, p, 'tenant-' || b % 7, 'job-' || p, 'test', 0, 'a photo of corgi number ' || p || ' in the rain', p, {"'{}'"}, 'same',
                    case when b > 30 then 'succeeded' when b = 0 and p < {Running} then 'running' else 'queued' end,
                    case when b > 30 or (b = 0 and p < {Running}) then 1 else 0 end, case when b > 30 or (b = 0 and p < {Running}) then 1 else 0 end, 0, pg_temp.now_ms(),
                    case when b > 30 or (b = 0 and p < {Running}) then 'worker' end,
                    case when b = 0 and p < 50 then pg_temp.now_ms() - 1000 when b = 0 and p < {Running} then pg_temp.now_ms() + 3600000 end,
                    case when b = 0 and p < {Running + OnRunway} then pg_temp.now_ms() end, case when b > 30 then pg_temp.now_ms() end
                from generate_series(0, {Batches - 1}) b, generate_series(0, {each - 1}) p;
            """);
    }
}
