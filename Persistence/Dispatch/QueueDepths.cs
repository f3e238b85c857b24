using RenderFarm.Contracts.Jobs;
using RenderFarm.Persistence.Sql;

namespace RenderFarm.Persistence.Dispatch;

/// <summary>Counts what is in the queues, all of it: to be asked every few seconds, not for each request.</summary>
public sealed class QueueDepths(FarmDatabase database)
{
    /// <summary>One line for each model that was ever registered.</summary>
    public Task<IReadOnlyList<QueueDepth>> CountAsync(CancellationToken cancellationToken) =>
        database.ReadAsync<IReadOnlyList<QueueDepth>>(async read =>
        {
            var models = await read.QueryAsync($"select name from models order by name", row => row.GetString(0)).ConfigureAwait(false);
            var waiting = (await read.QueryAsync($"""
                select l.model, count(*) from lanes l join jobs j on j.batch_id = l.batch_id and j.lane = l.number
                where l.open = {true} and j.state = 'queued' and j.dispatched_at is null group by l.model
                """, row => (Model: row.GetString(0), Count: (int)row.GetInt64(1))).ConfigureAwait(false)).ToDictionary(row => row.Model, row => row.Count);
            var sent = (await read.QueryAsync($"select model, state, count(*) from jobs where dispatched_at is not null group by model, state",
                row => (Key: (row.GetString(0), row.Name<JobState>(1)), Count: (int)row.GetInt64(2))).ConfigureAwait(false)).ToDictionary(row => row.Key, row => row.Count);
            return [.. models.Select(model => new QueueDepth(
                model, waiting.GetValueOrDefault(model), sent.GetValueOrDefault((model, JobState.Queued)), sent.GetValueOrDefault((model, JobState.Running))))];
        }, cancellationToken);
}
