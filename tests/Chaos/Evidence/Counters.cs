using Npgsql;
using RenderFarm.Chaos.Farms;

namespace RenderFarm.Chaos.Evidence;

/// <summary>Batches' counters beside their jobs (I5).</summary>
internal static class Counters
{
    private const string Question = """
        select b.id::text, b.total, b.queued, b.running, b.succeeded, b.failed, b.canceled, b.expired, b.state, count(j.id),
            count(j.id) filter (where j.state = 'queued'), count(j.id) filter (where j.state = 'running'), count(j.id) filter (where j.state = 'succeeded'),
            count(j.id) filter (where j.state = 'failed'), count(j.id) filter (where j.state = 'canceled'), count(j.id) filter (where j.state = 'expired')
        from batches b left join jobs j on j.batch_id = b.id group by b.id
        """;

    public static async Task<IReadOnlyList<string>> WrongAsync(NpgsqlDataSource database) =>
        [.. (await database.ListAsync(Question, row => (
            Batch: row.GetString(0), State: row.GetString(8), Counted: Enumerable.Range(1, 7).Select(i => (long)row.GetInt32(i)).ToList(),
            Real: Enumerable.Range(9, 7).Select(row.GetInt64).ToList())))
            .Where(batch => !batch.Counted.SequenceEqual(batch.Real) || (batch.State == "finished") != (batch.Real[1] + batch.Real[2] == 0))
            .Select(batch => $"Batch {batch.Batch} is {batch.State} and says {string.Join(", ", batch.Counted)}; its jobs are {string.Join(", ", batch.Real)} (total, queued, running, succeeded, failed, canceled, expired).")];
}
