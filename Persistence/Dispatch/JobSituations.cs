using System.Data.Common;
using RenderFarm.Contracts.Batches;
using RenderFarm.Contracts.Jobs;
using RenderFarm.Persistence.Sql;

namespace RenderFarm.Persistence.Dispatch;

/// <summary>
/// Looks up what explains a job's waiting. Costs what one look of the dispatcher costs: rows of the runway and open lanes are read, and of
/// the jobs ahead no more than are counted.
/// </summary>
public sealed class JobSituations(FarmDatabase database)
{
    /// <summary>Jobs ahead are counted up to this many.</summary>
    public const int MaxCounted = 1000;

    /// <summary>Where a job stands; null for an unknown one. A worker counts if it reported within <paramref name="servedFor"/>.</summary>
    public Task<JobSituation?> FindAsync(string tenant, Guid id, TimeSpan servedFor, CancellationToken cancellationToken) =>
        database.ReadAsync(read => FindAsync(read, tenant, id, servedFor), cancellationToken);

    internal static async Task<JobSituation?> FindAsync(FarmTransaction read, string tenant, Guid id, TimeSpan servedFor)
    {
        var found = await read.QueryAsync($"""
            select j.id, j.state, j.tenant, j.model, j.batch_id, j.lane, j.position, j.attempts, j.worker, j.not_before, j.dispatched_at, j.started_at,
                j.finished_at, j.stage, j.step, j.steps, j.error_message, b.state, m.paused_at is not null
            from jobs j join batches b on b.id = j.batch_id left join models m on m.name = j.model where j.id = {id} and j.tenant = {tenant}
            """, row => Read(row, read.Now)).ConfigureAwait(false);
        if (found is not [var job])
            return null;
        if (job.State is not (JobState.Queued or JobState.Running))
            return job;
        job = job with
        {
            Workers = await read.QueryAsync($"select name from workers where model = {job.Model} and seen_at > {read.Now - servedFor} order by name",
                row => row.GetString(0)).ConfigureAwait(false),
        };
        return job.State == JobState.Running ? job
            : job.DispatchedAt is { } sent ? job with { SentBefore = await SentBeforeAsync(read, job.Model, sent).ConfigureAwait(false) }
            : await PlaceAsync(read, job).ConfigureAwait(false);
    }

    private static async Task<JobSituation> PlaceAsync(FarmTransaction read, JobSituation job)
    {
        var (shares, waiting) = await Runway.CountAsync(read, job.Model).ConfigureAwait(false);
        // In order, so that PostgreSQL takes the index of waiting jobs rather than any thousand of the table.
        var ahead = await read.QueryAsync($"""
            select count(*) from (select 1 from jobs where batch_id = {job.BatchId} and lane = {job.Lane} and state = 'queued' and dispatched_at is null
                and position < {job.Position} order by position limit {MaxCounted}) before
            """, row => (int)row.GetInt64(0)).ConfigureAwait(false);
        return job with { Shares = shares, OnRunway = waiting, Ahead = ahead[0], Lanes = await Runway.LanesAsync(read, job.Model).ConfigureAwait(false) };
    }

    private static async Task<int> SentBeforeAsync(FarmTransaction read, string model, DateTimeOffset sent) =>
        (await read.QueryAsync($"""
            select count(*) from jobs where model = {model} and state = 'queued' and dispatched_at is not null and dispatched_at < {sent}
            """, row => (int)row.GetInt64(0)).ConfigureAwait(false))[0];

    private static JobSituation Read(DbDataReader row, DateTimeOffset now) => new()
    {
        At = now,
        Id = row.Id(0),
        State = row.Name<JobState>(1),
        Tenant = row.GetString(2),
        Model = row.GetString(3),
        BatchId = row.Id(4),
        Lane = row.GetInt32(5),
        Position = row.GetInt32(6),
        Attempts = row.GetInt32(7),
        Worker = row.Text(8),
        NotBefore = Time(row, 9),
        DispatchedAt = Time(row, 10),
        StartedAt = Time(row, 11),
        FinishedAt = Time(row, 12),
        Progress = row.Text(13) is { } stage ? new() { Stage = stage, Step = row.GetInt32(14), Steps = row.GetInt32(15) } : null,
        ErrorMessage = row.Text(16),
        BatchState = row.Name<BatchState>(17),
        IsModelPaused = row.GetBoolean(18),
    };

    private static DateTimeOffset? Time(DbDataReader row, int column) => row.IsDBNull(column) ? null : row.Time(column);
}
